"""OpenUsage: its local API, `http://127.0.0.1:6736/v1/limits`, and its command `openusage`.

    {"schema": "openusage.limits.v1", "providers": {"devin": {"plan": "Pro", "stale": false,
     "fetchedAt": "2026-11-22T08:59:00Z", "resources": {"weekly": {"kind": "consumption",
     "unit": "percent", "used": 42, "limit": 100, "utilization": 0.42, "windowSeconds": 604800,
     "resetsAt": "2026-11-26T06:00:00Z"}, "credits": {"kind": "balance", "unit": "credits",
     "available": 821}}}}, "errors": [{"providerId": "grok", "message": "..."}]}

The older `/v1/usage` has a list of providers with `lines`, of which those of the type `progress`
are limits.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from burnbook.meters import rate_limits
from burnbook.panes._pane import Pane
from burnbook.panes._text import slug
from burnbook.panes.documents._entries import MAX_ENTRIES, Collected, Entry, inner, word
from burnbook.rows.meters import Meter

_SAME = (
    *("amp", "antigravity", "claude", "codex", "copilot", "cursor", "devin", "droid", "gemini"),
    *("grok", "kimi", "minimax", "opencode", "openrouter", "perplexity", "windsurf"),
)
PROVIDERS = {name: name for name in _SAME} | {"factory": "droid", "zai": "glm"}

_SCHEMA = "openusage.limits."
_LENGTHS = ("session", "daily", "weekly", "monthly")
_DEFAULTS = {"daily": 1440, "weekly": 10_080, "monthly": 43_200}
# The meters' own names.
_NAMES = {
    "claude": {
        "session": "session",
        "weekly": "week-all-models",
        "sonnet": "week-sonnet-only",
        "fable": "week-fable",
    },
    "copilot": {
        "premium-credits": "premium:monthly",
        "credits": "premium:monthly",
        "chat": "chat:monthly",
        "completions": "completions:monthly",
    },
    "cursor": {
        "total-usage": "monthly",
        "auto-usage": "auto:monthly",
        "api-usage": "api:monthly",
    },
    "zai": {"web-searches": "monthly tools"},
}
_UNITS = {"usd": "USD", "dollars": "USD"}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])", re.A)


def entries(values: Sequence[Mapping[str, Any]], captured_at: datetime) -> list[Entry] | None:
    """Returns the providers in a document; None if it is no document of OpenUsage."""
    found: list[Entry] = []
    is_own = False
    for value in values[:MAX_ENTRIES]:
        schema, name = value.get("schema"), value.get("providerId")
        if isinstance(schema, str) and schema.startswith(_SCHEMA):
            is_own = True
            found += _limits(value, captured_at)
        elif isinstance(name, str) and isinstance(value.get("lines"), list):
            is_own = True
            found.append((_family(name), _snapshot(value, captured_at)))
    return found if is_own else None


def _limits(value: Mapping[str, Any], captured_at: datetime) -> Iterator[Entry]:
    failures = value.get("errors")
    messages = {
        str(failure["providerId"]): failure.get("message")
        for failure in (failures if isinstance(failures, list) else ())
        if isinstance(failure, dict) and isinstance(failure.get("providerId"), str)
    }
    shown = inner(value, "providers")
    for card, provider in list(shown.items())[:MAX_ENTRIES]:
        if not isinstance(provider, dict):
            continue
        collected = Collected()
        for key, resource in list(inner(provider, "resources").items())[: rate_limits.MAX_METERS]:
            if isinstance(resource, dict):
                seconds = rate_limits.amount(resource.get("windowSeconds"))
                minutes = round(seconds / 60) if seconds else None
                unit = word(resource.get("unit")) or ""
                if resource.get("kind") == "balance":
                    unit = _UNITS.get(unit, unit)[:16]
                    left = resource.get("available")
                    collected.add_amount(_kebab(key), unit, None, None, left)
                else:
                    _add(collected, _family(card), key, unit, minutes, resource)
        if provider.get("stale") is True:
            collected.errors.add("stale")
        collected.note_age(provider.get("fetchedAt"), captured_at)
        if card in messages:
            collected.note_failure(messages.pop(card))
        yield _family(card), collected.pane(provider.get("plan"))
    for card, message in messages.items():
        collected = Collected()
        collected.note_failure(message)
        yield _family(card), collected.pane()


def _snapshot(value: Mapping[str, Any], captured_at: datetime) -> Pane:
    collected = Collected()
    for line in value["lines"][: rate_limits.MAX_METERS]:
        if not isinstance(line, dict) or line.get("type") != "progress":
            continue
        kind = inner(line, "format")
        unit = word(kind.get("kind")) or ""
        unit = (word(kind.get("suffix")) or unit).strip() if unit == "count" else unit
        milliseconds = rate_limits.amount(line.get("periodDurationMs"))
        minutes = round(milliseconds / 60_000) if milliseconds else None
        label = word(line.get("label")) or ""
        _add(collected, _family(value["providerId"]), label, unit, minutes, line)
    collected.note_age(value.get("fetchedAt"), captured_at)
    return collected.pane(value.get("plan"))


def _add(
    collected: Collected,
    provider: str,
    key: str,
    unit: str,
    minutes: int | None,
    limit: Mapping[str, Any],
) -> None:
    """Adds a limit: a percentage, or a share of an amount, which is kept too."""
    label = _kebab(key)
    minutes = minutes or _DEFAULTS.get(label)
    used, most = rate_limits.amount(limit.get("used")), rate_limits.amount(limit.get("limit"))
    resets = rate_limits.moment(limit.get("resetsAt"))
    name = _NAMES.get(provider, {}).get(label)
    if name is None:
        length = rate_limits.length_name(minutes) if minutes else ""
        name = (length or label) if label in _LENGTHS else f"{label}:{length}".rstrip(":")
    if unit != "percent":
        collected.add_amount(name, _UNITS.get(unit, unit)[:16], used, most, limit.get("remaining"))
    if used is not None and most:
        percent = used if unit == "percent" and most == 100 else 100 * used / most
        collected.add(Meter(name, round(percent, 4), minutes, resets))


def _family(card: str) -> str:
    """The provider of a card: `claude` of `claude@1a2b3c4d`."""
    return card.partition("@")[0]


def _kebab(key: str) -> str:
    return slug(_CAPITAL.sub("-", key[:128]))
