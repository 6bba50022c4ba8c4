"""What changes in a booked request when a log has more of it, or of its facts, than the book."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from burnbook.agent_logs.requests import Request
from burnbook.book import salt
from burnbook.book.codec import SCHEMA_VERSION
from burnbook.rows.usage import AgentUsage, Superseded, Tokens, Where

_AMOUNTS = Tokens.__struct_fields__
_WHERE = tuple(name for name in Where.__struct_fields__ if name != "window")
_FACTS = (
    *("speed", "service_tier", "inference_geo", "served_by", "home", "subagent", "skill"),
    *("total_stated", "upstream_id", "request_id"),
)


class Payload(msgspec.Struct, gc=False, omit_defaults=True):
    """The fields of `AgentUsage` that are not stamps, in its order."""

    ts: datetime
    tool: str
    session: str | None
    project: str | None
    branch: str | None
    model: str | None
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    usd: float | None = None
    is_subagent: bool = False
    request_id: str | None = None
    upstream_id: str | None = None
    speed: str | None = None
    service_tier: str | None = None
    inference_geo: str | None = None
    served_by: str | None = None
    home: str | None = None
    subagent: str | None = None
    skill: str | None = None
    prompt_tokens: int | None = None
    web_searches: int = 0
    tools: tuple[str, ...] | None = None
    git_commits: int = 0
    total_stated: int | None = None
    aliases: tuple[str, ...] = ()
    first: str | None = None
    revision: int = 0
    supersedes: str | None = None
    superseded: Superseded | None = None


class Superseding(NamedTuple):
    """A row that supersedes another, and its line."""

    line: bytes
    row: AgentUsage


def payload_of(
    old: AgentUsage,
    new: Payload,
    request: Request,
    *,
    is_mixed: bool,
    is_better: bool,
    takes_over: bool,
    is_moved: bool,
) -> Payload | None:
    """The values of a row that supersedes `old`; None if the log adds nothing.

    `is_mixed`: version 1 put lines of several requests into the old row, so that it may have too
    many tokens. `is_better`: the old row, from an export, has fewer facts. `takes_over`: the
    session of the new lines is the one that made the request. `is_moved`: it gets another window.
    Names that `forget` put into the old row stay.
    """
    is_more = request.total > _total(old)
    is_first = old.schema_version < SCHEMA_VERSION
    is_right = request.facts.is_proven or is_mixed or _kinds(new) == _kinds(old)
    amounts = new if is_more or is_better or (is_first and is_right) else old
    values: dict[str, Any] = {name: getattr(amounts, name) for name in _AMOUNTS}
    is_forgotten = any(map(salt.is_pseudonym, (old.project, old.session, old.branch)))
    takes_over = (is_better or (takes_over and old.session != new.session)) and not is_forgotten
    where = new if takes_over else old
    values |= {name: getattr(where, name) for name in _WHERE}
    values["model"] = where.model or old.model or new.model
    for name in _FACTS:
        newer, older = getattr(new, name), getattr(old, name)
        is_newer = is_more or is_first or is_better
        first, second = (newer, older) if is_newer else (older, newer)
        values[name] = first if first is not None else second
    if salt.is_pseudonym(old.home):
        values["home"] = old.home
    values["prompt_tokens"] = new.prompt_tokens if amounts is new or is_first else old.prompt_tokens
    values["web_searches"] = max(new.web_searches, old.web_searches)
    has_more = len(new.tools or ()) > len(old.tools or ()) or old.tools is None
    for name in ("tools", "git_commits"):
        values[name] = getattr(new if has_more else old, name)
    values["aliases"] = tuple(dict.fromkeys((*old.aliases, *new.aliases)))
    changed = any(values[name] != getattr(old, name) for name in values if name != "aliases")
    if not changed and not is_first and not is_moved:
        return None
    return msgspec.structs.replace(
        new,
        **values,
        first=old.first or old.id,
        revision=old.revision + 1,
        supersedes=old.id,
    )


def superseded(old: AgentUsage, new: Payload, window: str | None) -> Superseded:
    """What the store has of a row that `new`, in a window, supersedes."""
    names = [name for name in Superseded.__struct_fields__ if name != "where"]
    where = Where(**{name: getattr(old, name) for name in Where.__struct_fields__})
    is_same = window == old.window and all(getattr(new, n) == getattr(old, n) for n in _WHERE)
    return Superseded(
        **{name: getattr(old, name) for name in names}, where=None if is_same else where
    )


def _total(row: AgentUsage) -> int:
    return sum(_kinds(row))


def _kinds(row: AgentUsage | Payload) -> list[int]:
    """The kinds of tokens that do not overlap."""
    return [getattr(row, name) for name in _AMOUNTS[:5]]
