"""The types of rows from agents' own logs: requests and official meters."""

from typing import Annotated, ClassVar, Literal

import msgspec

from burnbook.rows.amounts import Amount
from burnbook.rows.meters import Count, Id, Latency, Meter, Moment, Row, Text, Usd

Key = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]
MAX_TOOL = 200
Tool = Annotated[str, msgspec.Meta(max_length=MAX_TOOL)]


class Tokens(msgspec.Struct, frozen=True, omit_defaults=True):
    """Tokens of a request by kind. Kinds do not overlap, except that output includes reasoning."""

    input_tokens: Count = 0
    cache_read_tokens: Count = 0
    cache_write_5m_tokens: Count = 0
    cache_write_1h_tokens: Count = 0
    output_tokens: Count = 0
    reasoning_tokens: Count = 0
    usd: Usd | None = None


class Where(msgspec.Struct, frozen=True):
    """Where and when a row puts its request."""

    ts: Moment
    session: Text | None
    project: Text | None
    branch: Text | None
    model: Text | None
    is_subagent: bool = False
    window: Id | None = None


class Superseded(Tokens, frozen=True, omit_defaults=True):
    """What a superseded row had; `where` only if it differs from the row that supersedes it."""

    speed: Text | None = None
    service_tier: Text | None = None
    inference_geo: Text | None = None
    served_by: Text | None = None
    home: Text | None = None
    subagent: Text | None = None
    prompt_tokens: Count | None = None
    web_searches: Count = 0
    where: Where | None = None


class AgentUsage(Row, frozen=True, kw_only=True):
    """One request of an agent, from its own log.

    `input_tokens` exclude cached ones, `output_tokens` include reasoning; counts that are left out
    are 0. `project` is the folder that the agent worked in, with `~` for the home folder, and
    `home` is the agent's own folder. A fact that the log does not show is left out; rows of version
    1 have none of them. `prompt_tokens` is everything that was sent, `total_stated` the total that
    the log states where the counts do not add up to it. `tools` are those that the request called,
    in order: the name, or `Skill:NAME` and `Task:TYPE` where the call names a skill or a type of
    subagent; left out: not known. `git_commits` is the number of `git commit` commands among the
    calls. `skill` is the one under which the request ran. `aliases` are other keys of the request,
    by which a copy of it is recognized.

    If a log has more about a request later, a new row has all of it: `supersedes` names the row
    that it replaces, `superseded` has the values of that row, `first` names the request's first
    row, and `revision` counts the rows of the request from 0.
    """

    ts: Moment
    tool: Id
    session: Text | None
    project: Text | None
    branch: Text | None
    model: Text | None
    input_tokens: Count = 0
    cache_read_tokens: Count = 0
    cache_write_5m_tokens: Count = 0
    cache_write_1h_tokens: Count = 0
    output_tokens: Count = 0
    reasoning_tokens: Count = 0
    usd: Usd | None = None
    is_subagent: bool = False
    request_id: Text | None = None
    upstream_id: Text | None = None
    speed: Text | None = None
    service_tier: Text | None = None
    inference_geo: Text | None = None
    served_by: Text | None = None
    home: Text | None = None
    subagent: Text | None = None
    skill: Text | None = None
    prompt_tokens: Count | None = None
    web_searches: Count = 0
    tools: tuple[Tool, ...] | None = None
    git_commits: Count = 0
    total_stated: Count | None = None
    aliases: tuple[Key, ...] = ()
    first: str | None = None
    revision: Count = 0
    supersedes: str | None = None
    superseded: Superseded | None = None


class MeterReading(Row, frozen=True, kw_only=True):
    """Official meters from an agent's log or status line, booked when they change.

    `home` is the agent's own folder; it is left out if that is unknown. `amounts` are the credits
    that the same line shows, `reached` the vendor's word for a limit that is reached. A plan that
    is metered in credits alone may have no meters.
    """

    provider: Id
    captured_at: Moment
    session: Text | None
    meters: tuple[Meter, ...]
    plan: Text | None
    home: Text | None = None
    amounts: tuple[Amount, ...] | None = None
    reached: Text | None = None

    about: ClassVar[tuple[str, ...]] = ("provider", "captured_at", "session", "meters", "plan")
    about_if_known: ClassVar[tuple[str, ...]] = ("amounts", "reached")


class ModelUsage(msgspec.Struct, frozen=True):
    """One model's part of a period, from another tool."""

    model: Text
    input_tokens: Count
    cache_read_tokens: Count
    cache_write_tokens: Count
    output_tokens: Count
    usd: Usd | None


class ImportedUsage(Row, frozen=True, kw_only=True):
    """The use in a period that another tool reports. It is kept as evidence, not as a request.

    `period` is the tool's name for it: a day, the first day of a week, a month, or a session.
    `scope` is the agent's name, or `all`, if that is known. Kinds of token are as in AgentUsage.
    `captured_at` is the moment of the report.
    """

    tool: Id
    kind: Literal["daily", "weekly", "monthly", "session"]
    period: Text
    scope: Text | None
    project: Text | None
    captured_at: Moment
    input_tokens: Count
    cache_read_tokens: Count
    cache_write_tokens: Count
    output_tokens: Count
    reasoning_tokens: Count
    total_tokens: Count
    usd: Usd | None
    models: tuple[ModelUsage, ...]
    supersedes: str | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("tool", "kind", "period", "scope", "project", "input_tokens", "cache_read_tokens"),
        *("cache_write_tokens", "output_tokens", "reasoning_tokens", "total_tokens", "usd"),
        *("models", "supersedes"),
    )


class ProxyRequest(Row, frozen=True, kw_only=True):
    """One request that a proxy reports: tokens, lane, status and latency.

    `routed`: the feed's lanes and models count the request as routed, else it is baseline. `ok`:
    the feed's rules count it as successful. `feature` is left out if it equals `rid`, and empty if
    the line does not have the feed's field for it. `cache_write_1h_tokens` is the part of
    `cache_write_tokens` that a cache keeps for an hour, `usd` the cost that the proxy reports. Null
    is a value that the line does not have.

    A request gets another window by another row of it: `supersedes` is the id of the row that no
    longer counts, and `window_before` the window that it names.
    """

    ts: Moment
    rid: Text | None
    lane: Text | None
    model: Text | None
    status: int | Text | None
    input_tokens: Count | None
    output_tokens: Count | None
    reason: Text | None
    latency_ms: Latency | None
    cached_input_tokens: Count | None = None
    cache_write_tokens: Count | None = None
    cache_write_1h_tokens: Count | None = None
    usd: Usd | None = None
    routed: bool
    ok: bool
    feature: Text | None = None
    extra: dict[str, str | float | bool | None] | None = None
    supersedes: str | None = None
    window_before: Id | None = None

    about: ClassVar[tuple[str, ...]] = (
        *("ts", "rid", "lane", "model", "status", "input_tokens", "output_tokens"),
        *("reason", "latency_ms", "cached_input_tokens", "cache_write_tokens"),
    )
