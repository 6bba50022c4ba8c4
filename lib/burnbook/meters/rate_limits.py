"""Parses official meters from the JSON that agents write. Pure.

Codex, in a rollout's `rate_limits`:

    {"limit_id": "codex", "limit_name": null, "plan_type": "pro", "secondary": null,
     "primary": {"used_percent": 12.0, "window_minutes": 300, "resets_at": 1795339200}}

gives the meter `5h`. A window is identified by its length, never by its position. Older builds have
`resets_in_seconds`, counted from the line's own time. Another pool's meters are `POOL:5h`.

Claude Code, in the `rate_limits` of what it pipes into a status line:

    {"five_hour": {"used_percentage": 23.5, "resets_at": 1795339200}, "seven_day": {...}}

gives `session` and `week-all-models`, the names that its pane has.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from burnbook.base.clean_text import clean
from burnbook.rows.meters import Meter

MAX_METERS = 64
_MAX_NAME = 64
_MAX_PERCENT = 1e6
# Codex counts some windows a minute short.
_NEAR = 3
_LENGTHS = {300: "5h", 10_080: "weekly", 43_200: "monthly", 525_600: "annual"}
_MAIN = ("codex", "")
_SPANS = {"five_hour": ("session", 300), "seven_day": ("week", 10_080)}
_ALL = {"week": "week-all-models", "week-sonnet": "week-sonnet-only"}
_YEARS = (1971, 2999)
_MILLISECONDS = 1e11
_SLUG = re.compile(r"[^a-z0-9.]+")


class Limits(NamedTuple):
    """The meters and the plan at one moment."""

    meters: tuple[Meter, ...]
    plan: str | None


NONE = Limits((), None)


def codex(limits: Any, at: datetime) -> Limits:
    """The meters of one `rate_limits` in a line of time `at`; none if it is null."""
    if not isinstance(limits, Mapping):
        return NONE
    pool = _pool(limits)
    meters: dict[str, Meter] = {}
    for window in _windows(limits):
        minutes = _minutes(window.get("window_minutes"))
        if minutes is None:
            continue  # the length of the window is unknown
        name = f"{pool}:{_length(minutes)}" if pool else _length(minutes)
        resets = moment(window.get("resets_at"))
        if resets is None:
            resets = _later(at, window.get("resets_in_seconds"))
        meters.setdefault(name, Meter(name, percent(window.get("used_percent")), minutes, resets))
    plan = limits.get("plan_type")
    return Limits(tuple(meters.values()), plan[:_MAX_NAME] if isinstance(plan, str) else None)


def claude(limits: Any) -> Limits:
    """The meters of one `rate_limits` of a status line; none if it is absent."""
    if not isinstance(limits, Mapping):
        return NONE
    meters: dict[str, Meter] = {}
    for key, window in list(limits.items())[:MAX_METERS]:
        if not isinstance(window, Mapping) or "used_percentage" not in window:
            continue
        name, minutes = _span(str(key))
        used = percent(window["used_percentage"])
        resets = moment(window.get("resets_at"))
        if name and (used is not None or resets is not None):
            meters.setdefault(name, Meter(name, used, minutes, resets))
    return Limits(tuple(meters.values()), None)


def percent(value: Any) -> float | None:
    """The used percentage, which may be above 100; None if it is not such a number."""
    number = _number(value)
    return number if number is not None and 0 <= number <= _MAX_PERCENT else None


def moment(value: Any) -> datetime | None:
    """Epoch seconds or milliseconds, or ISO 8601, as UTC; None if it is not such a time."""
    number = _number(value)
    try:
        if number is not None:
            seconds = number / 1000 if number > _MILLISECONDS else number
            parsed = datetime.fromtimestamp(seconds, UTC)
        elif isinstance(value, str):
            parsed = datetime.fromisoformat(value.strip())
            parsed = parsed.replace(tzinfo=parsed.tzinfo or UTC).astimezone(UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return parsed if _YEARS[0] <= parsed.year <= _YEARS[1] else None


def _windows(limits: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key in ("primary", "secondary"):
        window = limits.get(key)
        if isinstance(window, Mapping):
            yield window
        elif f"{key}_used_percent" in limits:  # the first builds had no objects for them
            yield {
                name: limits.get(f"{key}_{name}")
                for name in ("used_percent", "window_minutes", "resets_in_seconds")
            }


def _pool(limits: Mapping[str, Any]) -> str:
    """The name of a secondary pool, as its pane shows it; empty for the main pool."""
    ident, name = limits.get("limit_id"), limits.get("limit_name")
    ident = ident if isinstance(ident, str) else ""
    if ident.lower() in _MAIN and not (isinstance(name, str) and name and not ident):
        return ""
    return _slug(name if isinstance(name, str) and name else ident)


def _minutes(value: Any) -> int | None:
    number = _number(value)
    if number is None or not 0 < number <= 2**31:
        return None
    return next((known for known in _LENGTHS if abs(known - number) <= _NEAR), round(number))


def _length(minutes: int) -> str:
    if minutes in _LENGTHS:
        return _LENGTHS[minutes]
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def _span(key: str) -> tuple[str, int | None]:
    for begin, (name, minutes) in _SPANS.items():
        if key == begin or key.startswith(f"{begin}_"):
            name = "-".join(filter(None, (name, _slug(key[len(begin) :]))))
            return _ALL.get(name, name), minutes
    return _slug(key), None


def _later(at: datetime, seconds: Any) -> datetime | None:
    number = _number(seconds)
    if number is None or not 0 <= number <= 1e9:
        return None
    return at + timedelta(seconds=number)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _slug(text: str) -> str:
    return _SLUG.sub("-", clean(text).lower()[: 4 * _MAX_NAME]).strip("-.")[:_MAX_NAME]
