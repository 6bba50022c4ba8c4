"""Parses official meters from the JSON that agents write. Pure.

Codex, in a rollout's `rate_limits`:

    {"limit_id": "codex", "limit_name": null, "plan_type": "pro", "secondary": null,
     "primary": {"used_percent": 12.0, "window_minutes": 300, "resets_at": 1795339200}}

gives the meter `5h`. A window is identified by its length, never by its position; without a length
it is `usage`, as in Codex's pane. Older builds have `resets_in_seconds`, counted from the line's
own time. Another pool's meters are `POOL:5h`. A limit in credits is `monthly-credit`, with amounts:

    {"individual_limit": {"limit": "25000", "used": "8000", "remaining_percent": 68,
     "resets_at": 1795339200}, "credits": {"has_credits": true, "balance": "42.50"}}

Claude Code, in the `rate_limits` of what it pipes into a status line:

    {"five_hour": {"used_percentage": 23.5, "resets_at": 1795339200}, "seven_day": {...}}

gives `session` and `week-all-models`, the names that its pane has.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from burnbook.base.clean_text import clean
from burnbook.base.text import regex
from burnbook.meters.json_values import number as as_number
from burnbook.meters.json_values import percent as percent
from burnbook.rows.amounts import Amount
from burnbook.rows.meters import Meter

MAX_METERS = 64
_MAX_NAME = 64
# Vendors count some windows a little short or long; Codex's pane names them with this tolerance.
_TOLERANCE = 0.05
_LENGTHS = {300: "5h", 1440: "daily", 10_080: "weekly", 43_200: "monthly", 525_600: "annual"}
_NO_LENGTH = "usage"
CREDIT_LIMIT = "monthly-credit"
_MAIN = ("codex", "")
_SPANS = {"five_hour": ("session", 300), "seven_day": ("week", 10_080)}
_ALL = {"week": "week-all-models", "week-sonnet": "week-sonnet-only"}
_YEARS = (1971, 2999)
_MILLISECONDS = 1e11
_SLUG = regex(r"[^a-z0-9.]+")
_DECIMAL = regex(r"\d{1,13}(?:\.\d{1,9})?", re.A)
_MAX_AMOUNT = 1e12
SPEND_CONTROL = "spend_control"
"""`reached`, if the cap on spending is."""


class Limits(Struct, frozen=True):
    """The meters and the plan at one moment.

    amounts: credits that are used and left. reached: the vendor's word for a limit that is reached.
    """

    meters: tuple[Meter, ...]
    plan: str | None
    amounts: tuple[Amount, ...] = ()
    reached: str | None = None


NONE = Limits((), None)


def codex(limits: Any, at: datetime) -> Limits:
    """The meters of one `rate_limits` in a line of time `at`; none if it is null."""
    if not isinstance(limits, Mapping):
        return NONE
    pool = _pool(limits)
    meters: dict[str, Meter] = {}
    for window in _windows(limits):
        given = window.get("window_minutes")
        minutes = length(given)
        if minutes is None and (given is not None or window.get("used_percent") is None):
            continue  # not a length, or nothing but an empty window
        span = length_name(minutes) if minutes else _NO_LENGTH
        name = f"{pool}:{span}" if pool else span
        resets = moment(window.get("resets_at"))
        if resets is None:
            resets = _later(at, window.get("resets_in_seconds"))
        meters.setdefault(name, Meter(name, percent(window.get("used_percent")), minutes, resets))
    spent, left = limits.get("individual_limit"), limits.get("credits")
    spent = spent if isinstance(spent, Mapping) else {}
    if meter := _credit_limit(spent):
        meters.setdefault(meter.name, meter)
    return Limits(
        tuple(meters.values()),
        word(limits.get("plan_type")),
        _credits(spent, left if isinstance(left, Mapping) else {}),
        _reached(limits),
    )


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


def moment(value: Any) -> datetime | None:
    """Epoch seconds or milliseconds, or ISO 8601, as UTC; None if it is not such a time."""
    number = as_number(value)
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


def length(value: Any) -> int | None:
    """The length of a window in minutes: a usual one within 5%, else that given; None if none."""
    number = as_number(value)
    if number is None or not 0 < number <= 2**31:
        return None
    near = (known for known in _LENGTHS if abs(known - number) <= _TOLERANCE * known)
    return next(near, round(number)) or None


def length_name(minutes: int) -> str:
    """The name of a window by its length: `5h`, `daily`, `weekly`, `2d`, `90m`."""
    if minutes in _LENGTHS:
        return _LENGTHS[minutes]
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def amount(value: Any) -> float | None:
    """An amount, given as a number or as text (`"42.50"`); None if it is not such a number."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = float(value)
    number = as_number(value)
    return number if number is not None and 0 <= number <= _MAX_AMOUNT else None


def _credit_limit(limit: Mapping[str, Any]) -> Meter | None:
    left, resets = percent(limit.get("remaining_percent")), moment(limit.get("resets_at"))
    if left is None and resets is None:
        return None
    used = None if left is None or left > 100 else round(100 - left, 4)
    return Meter(CREDIT_LIMIT, used, None, resets)


def _credits(limit: Mapping[str, Any], credits: Mapping[str, Any]) -> tuple[Amount, ...]:
    is_counted = credits.get("has_credits") is not False and credits.get("unlimited") is not True
    left = amount(credits.get("balance")) if is_counted else None
    amounts = (amount(limit.get("used")), amount(limit.get("limit")), left)
    return (Amount("credits", "credits", *amounts),) if any(a is not None for a in amounts) else ()


def _reached(limits: Mapping[str, Any]) -> str | None:
    if limits.get("spend_control_reached") is True:
        return SPEND_CONTROL
    return word(limits.get("rate_limit_reached_type"))


def usual_name(minutes: int) -> str | None:
    """The name of a window of exactly a usual length; None for another length."""
    return _LENGTHS.get(minutes)


def word(value: Any) -> str | None:
    """A short word of the vendor's; None if there is none."""
    return value[:_MAX_NAME] or None if isinstance(value, str) else None


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


def _span(key: str) -> tuple[str, int | None]:
    for begin, (name, minutes) in _SPANS.items():
        if key == begin or key.startswith(f"{begin}_"):
            name = "-".join(filter(None, (name, _slug(key[len(begin) :]))))
            return _ALL.get(name, name), minutes
    return _slug(key), None


def _later(at: datetime, seconds: Any) -> datetime | None:
    number = as_number(seconds)
    if number is None or not 0 <= number <= 1e9:
        return None
    return at + timedelta(seconds=number)


def _slug(text: str) -> str:
    return _SLUG.sub("-", clean(text).lower()[: 4 * _MAX_NAME]).strip("-.")[:_MAX_NAME]
