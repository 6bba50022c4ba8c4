"""Parses the output of `ccusage ... --json` to totals by period. Pure.

Reads current builds (`ccusage daily`, `weekly`, `monthly`, `session`, and of one agent, such as
`ccusage codex daily`) and older ones (`{"type": "daily", "data": [...]}`, `--instances`).
"""

import math
import os
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from burnbook.base.clean_text import quoted
from burnbook.base.errors import BadData, Refused
from burnbook.base.files import without_home
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


class Report(msgspec.Struct, frozen=True):
    """One period, with the fields of ImportedUsage."""

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


class Parsed(NamedTuple):
    """The periods, and (number, reason, entry) of refused entries."""

    reports: list[Report]
    refused: list[tuple[int, str, bytes]]


def read(data: bytes) -> Parsed:
    """Parses one document. Raises BadData if it is not a report of ccusage."""
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"not JSON: {str(error) or 'nested too deeply'}") from None
    result = Parsed([], [])
    lists = list(_lists(document)) if isinstance(document, dict) else []
    if not lists:
        raise BadData(
            "not a report of ccusage: it has no list of daily, weekly, monthly or session"
        )
    for number, (kind, folder, entry) in enumerate(_entries(lists), start=1):
        try:
            result.reports.append(_report(kind, folder, entry))
        except Refused as error:
            result.refused.append((number, str(error), msgspec.json.encode(entry)))
    return result


def _lists(document: dict[str, Any]) -> Iterator[tuple[Kind, str | None, Any]]:
    """Returns (kind, project, list) of each list of periods."""
    for key, kind in _KINDS.items():
        if isinstance(document.get(key), list):
            yield kind, None, document[key]
    kind = _KINDS.get(str(document.get("type")), "daily")
    if isinstance(document.get("data"), list):
        yield kind, None, document["data"]
    if isinstance(document.get("projects"), dict):
        for folder, entries in document["projects"].items():
            if isinstance(entries, list):
                yield kind, folder, entries


def _entries(lists: list[tuple[Kind, str | None, Any]]) -> Iterator[tuple[Kind, str | None, Any]]:
    for kind, folder, entries in lists:
        for entry in entries:
            yield kind, folder, entry


def _report(kind: Kind, folder: str | None, entry: Any) -> Report:
    if not isinstance(entry, dict):
        raise Refused("the entry is not an object")
    period = next((entry[key] for key in _PERIODS if isinstance(entry.get(key), str)), "").strip()
    if not period:
        raise Refused(f"no period: none of {', '.join(_PERIODS)} is there")
    tokens = _tokens(entry)
    path = folder or _text(entry, "projectPath") or _text(entry, "project")
    reasoning = _count(entry, "reasoningOutputTokens")
    total = _count(entry, "totalTokens") if "totalTokens" in entry else sum(tokens)
    if total > _MAX:
        raise Refused(f"{total} tokens exceed {_MAX}")
    return Report(
        kind,
        _kept(period),
        _text(entry, "agent"),
        _kept(path) if path else None,
        *tokens,
        reasoning,
        total,
        _usd(entry),
        tuple(sorted(_models(entry), key=lambda usage: usage.model)),
    )


def _models(entry: dict[str, Any]) -> Iterator[ModelUsage]:
    """Reads breakdowns: a list of objects, or an object by name. A list of names is ignored."""
    for key in ("modelBreakdowns", "models", "breakdown"):
        value = entry.get(key)
        if isinstance(value, dict):
            value = [{"modelName": n, **m} for n, m in value.items() if isinstance(m, dict)]
        models = [m for m in value if isinstance(m, dict)] if isinstance(value, list) else []
        for model in models:
            name = _text(model, "modelName") or _text(model, "model")
            yield ModelUsage(name or "unknown", *_tokens(model), _usd(model))
        if models:
            return


def _tokens(entry: dict[str, Any]) -> tuple[int, int, int, int]:
    """Returns uncached input, cache reads, cache writes, and output."""
    spent, reads = _count(entry, "inputTokens"), _count(entry, "cacheReadTokens")
    if "cacheReadTokens" not in entry and "cachedInputTokens" in entry:
        # Older builds for Codex include cached tokens in the input.
        reads = _count(entry, "cachedInputTokens")
        if reads > spent:
            raise Refused(f"cachedInputTokens {reads} is more than inputTokens {spent}")
        spent -= reads
    return spent, reads, _count(entry, "cacheCreationTokens"), _count(entry, "outputTokens")


def _count(entry: dict[str, Any], key: str) -> int:
    value = entry.get(key)
    if value is None:
        return 0
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= _MAX or value != int(value):
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
    """Returns the text as it is booked: no secrets, no home folder, at most 4096 characters."""
    slug = re.sub(r"[^A-Za-z0-9]", "-", os.path.expanduser("~").rstrip("/"))
    if slug and (text == slug or text.startswith(slug + "-")):
        text = "~" + text[len(slug) :]  # Claude Code names project folders like this
    return redact(without_home(text))[:4096]
