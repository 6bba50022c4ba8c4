"""What `ccusage ... --json` prints -> totals by period. Pure.

Of today's builds (`ccusage daily`, `weekly`, `monthly`, `session`, and of one agent alone, such as
`ccusage codex daily`) as of older ones (`{"type": "daily", "data": [...]}`, `--instances`).
"""

import math
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from burnbook.agent_logs.origin import project
from burnbook.base.clean_text import quoted
from burnbook.base.errors import BadData
from burnbook.base.redact import redact
from burnbook.rows.usage import ModelUsage

Kind = Literal["daily", "weekly", "monthly", "session"]

_KINDS: dict[str, Kind] = {
    **{"daily": "daily", "weekly": "weekly", "monthly": "monthly"},
    **{"session": "session", "sessions": "session"},
}
_PERIODS = ("period", "date", "week", "month", "sessionId", "session")
_USD = ("totalCost", "costUSD", "cost")
_MAX = 2**53


class Refused(ValueError):
    """One entry that cannot be used."""


class Report(msgspec.Struct, frozen=True):
    """One period, in the words of ImportedUsage."""

    kind: Kind
    period: str
    scope: str | None
    project: str | None
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    total_tokens: int
    usd: float | None
    models: tuple[ModelUsage, ...]


class Found(NamedTuple):
    """The periods, and (number, reason, entry) of what is none."""

    reports: list[Report]
    refused: list[tuple[int, str, bytes]]


def read(data: bytes) -> Found:
    """Everything in one document. Raises BadData where it is no such document."""
    try:
        told = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"not JSON: {str(error) or 'nested too deeply'}") from None
    found = Found([], [])
    lists = list(_lists(told)) if isinstance(told, dict) else []
    if not lists:
        raise BadData("no JSON of ccusage: it has no list of daily, weekly, monthly or session")
    for number, (kind, folder, entry) in enumerate(_entries(lists), start=1):
        try:
            found.reports.append(_report(kind, folder, entry))
        except Refused as error:
            found.refused.append((number, str(error), msgspec.json.encode(entry)))
    return found


def _lists(told: dict[str, Any]) -> Iterator[tuple[Kind, str | None, Any]]:
    """(kind, project, list) of each list of periods."""
    for key, kind in _KINDS.items():
        if isinstance(told.get(key), list):
            yield kind, None, told[key]
    kind = _KINDS.get(str(told.get("type")), "daily")
    if isinstance(told.get("data"), list):
        yield kind, None, told["data"]
    if isinstance(told.get("projects"), dict):
        for folder, entries in told["projects"].items():
            if isinstance(entries, list):
                yield kind, folder, entries


def _entries(lists: list[tuple[Kind, str | None, Any]]) -> Iterator[tuple[Kind, str | None, Any]]:
    for kind, folder, entries in lists:
        for entry in entries:
            yield kind, folder, entry


def _report(kind: Kind, folder: str | None, entry: Any) -> Report:
    if not isinstance(entry, dict):
        raise Refused("the entry is no object")
    period = next((entry[key] for key in _PERIODS if isinstance(entry.get(key), str)), "").strip()
    if not period:
        raise Refused(f"no period: none of {', '.join(_PERIODS)} is there")
    tokens = _tokens(entry)
    place = folder or _text(entry, "projectPath") or _text(entry, "project")
    reasoning = _count(entry, "reasoningOutputTokens")
    total = _count(entry, "totalTokens") if "totalTokens" in entry else sum(tokens)
    if total > _MAX:
        raise Refused(f"{total} tokens are more than {_MAX}")
    return Report(
        kind,
        _kept(period),
        _text(entry, "agent"),
        _kept(place) if place else None,
        *tokens,
        reasoning,
        total,
        _usd(entry),
        tuple(sorted(_models(entry), key=lambda one: one.model)),
    )


def _models(entry: dict[str, Any]) -> Iterator[ModelUsage]:
    """Breakdowns: a list with names in it, or an object by name; a list of names tells nothing."""
    for key in ("modelBreakdowns", "models", "breakdown"):
        told = entry.get(key)
        if isinstance(told, dict):
            told = [{"modelName": n, **one} for n, one in told.items() if isinstance(one, dict)]
        found = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        for one in found:
            name = _text(one, "modelName") or _text(one, "model")
            yield ModelUsage(name or "unknown", *_tokens(one), _usd(one))
        if found:
            return


def _tokens(entry: dict[str, Any]) -> tuple[int, int, int, int]:
    """Input without cached ones, read from and written to the cache, output."""
    spent, reads = _count(entry, "inputTokens"), _count(entry, "cacheReadTokens")
    if "cacheReadTokens" not in entry and "cachedInputTokens" in entry:
        # Older builds for Codex count the cached ones among the input.
        reads = _count(entry, "cachedInputTokens")
        if reads > spent:
            raise Refused(f"cachedInputTokens {reads} is more than inputTokens {spent}")
        spent -= reads
    return spent, reads, _count(entry, "cacheCreationTokens"), _count(entry, "outputTokens")


def _count(entry: dict[str, Any], key: str) -> int:
    value = entry.get(key)
    if value is None:
        return 0
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= _MAX or value != int(value):
        raise Refused(f"{key} is {quoted(value, 40)}, not a number of tokens")
    return int(value)


def _usd(entry: dict[str, Any]) -> float | None:
    value = next((entry[key] for key in _USD if entry.get(key) is not None), None)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e9:
        raise Refused(f"cost {quoted(value, 40)} is not a number of US dollars")
    return float(value) if math.isfinite(value) else None


def _text(entry: dict[str, Any], key: str) -> str | None:
    value = entry.get(key)
    return _kept(value.strip()) if isinstance(value, str) and value.strip() else None


def _kept(text: str) -> str:
    """As it is booked: no secrets, no home folder, at most 4096 characters."""
    import os
    import re

    slug = re.sub(r"[^A-Za-z0-9]", "-", os.path.expanduser("~").rstrip("/"))
    if slug and (text == slug or text.startswith(slug + "-")):
        text = "~" + text[len(slug) :]  # Claude Code names the folder of a project so
    return redact(project(text))[:4096]
