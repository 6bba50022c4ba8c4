"""Figures that an older tracker had parsed from a pane itself -> meters. Pure.

    {"fiveh_pct": 11, "fiveh_resets": "13:10", "weekly_pct": 24}
    {"5h": {"used_percent": 11, "resets_at": "2026-11-22T13:10:00Z"}}

Names vary, so they are looked up without what stands around them (`weekly_used_pct` is `weekly`).
"""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any

from burnbook.rows.meters import Meter
from burnbook.times import clock, wall_time

_CODEX = {
    **dict.fromkeys(("5h", "fiveh", "five_hour", "5_hour", "5hour", "fh", "hourly"), "5h"),
    **dict.fromkeys(("weekly", "week", "wk", "7d", "seven_day", "week_all"), "weekly"),
}
_CLAUDE = {
    **dict.fromkeys(("session", "current_session", "5h", "fiveh", "five_hour"), "session"),
    **dict.fromkeys(("all_models", "week_all_models", "weekly_all_models"), "week-all-models"),
    **dict.fromkeys(("week_all", "weekly", "week", "wk", "seven_day", "7d"), "week-all-models"),
    **dict.fromkeys(("opus", "week_opus", "weekly_opus", "seven_day_opus"), "week-opus"),
    **dict.fromkeys(
        ("sonnet", "week_sonnet_only", "week_sonnet", "sonnet_only"), "week-sonnet-only"
    ),
}
_NAMES = {"codex": _CODEX, "claude": _CLAUDE, "glm": {}}
_MINUTES = {"5h": 300, "session": 300}
_WEEK = 10080
_PROMPTS = ("prompts", "prompts_used", "total_prompts", "glm_prompts", "prompt_count")
_PLACES = ("parsed", "metrics", "meters", "values", "data")
_USED = re.compile(r"_?(?:used)?_?(?:pct|percent(?:age)?|usage|used|utili[sz]ation)\Z")
_LEFT = re.compile(r"_?(?:left|remaining)(?:_?(?:pct|percent(?:age)?))?\Z")
_RESETS = re.compile(r"_?(?:resets?(?:_at)?|reset_time|resets_text)\Z")
_NUMBER = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ?%?")

Told = dict[str, tuple[float | None, Any]]


def meters(
    provider: str, row: dict[str, Any], captured_at: datetime, zone: tzinfo
) -> tuple[tuple[Meter, ...], tuple[str, ...]]:
    """The meters that a row tells of, and words for what is missing, as a pane has them."""
    told: Told = {}
    for place in _places(row):
        for name, used, resets in _pairs(place):
            known = _NAMES.get(provider, {}).get(name)
            if known is not None:
                before = told.get(known, (None, None))
                told[known] = (before[0] if used is None else used, before[1] or resets)
    made, errors = [], []
    for name, (used, resets) in told.items():
        if used is None:
            continue
        minutes = _MINUTES.get(name, _WEEK)
        resets_at = _moment(resets, captured_at, minutes, zone) if resets else None
        if resets_at is None:
            errors.append(f"reset-not-{'understood' if resets else 'shown'}:{name}")
        if used > 100:
            errors.append(f"percent-out-of-range:{name}")
        made.append(Meter(name, used if used <= 100 else None, minutes, resets_at))
    return tuple(made), tuple(errors)


def prompts(row: dict[str, Any]) -> int | None:
    """A cumulative count of prompts, where the row has one."""
    for place in _places(row):
        for key in _PROMPTS if isinstance(place, dict) else ():
            value = _number(place.get(key))
            if value is not None and value == int(value):
                return int(value)
    return None


def _places(row: dict[str, Any]) -> Iterator[Any]:
    yield from (row[key] for key in _PLACES if isinstance(row.get(key), dict | list))
    yield row


def _pairs(place: Any) -> Iterator[tuple[str, float | None, Any]]:
    """(name, percent used, reset) of everything that may be a meter."""
    if isinstance(place, list):
        place = {str(one.get("name")): one for one in place if isinstance(one, dict)}
    for key, value in place.items():
        name = re.sub(r"[\s-]+", "_", str(key).lower())
        if isinstance(value, dict):
            found = dict(_parts(value))
            yield name, found.get("used"), found.get("resets")
        elif _RESETS.search(name):
            yield _RESETS.sub("", name), None, value
        elif _LEFT.search(name):
            left = _number(value)
            yield _LEFT.sub("", name), None if left is None else max(0.0, 100 - left), None
        else:
            yield _USED.sub("", name), _number(value), None


def _parts(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, part in value.items():
        name = str(key).lower()
        if _RESETS.fullmatch(name) and part:
            yield "resets", part
        elif _LEFT.fullmatch(name) and (number := _number(part)) is not None:
            yield "used", max(0.0, 100 - number)
        elif _USED.fullmatch(name) and (number := _number(part)) is not None:
            yield "used", number


def _number(value: Any) -> float | None:
    if isinstance(value, str) and (found := _NUMBER.fullmatch(value.strip())):
        value = float(found[1])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and 0 <= value <= 1e6 else None


def _moment(said: Any, captured_at: datetime, minutes: int, zone: tzinfo) -> datetime | None:
    """ISO 8601, epoch seconds, or a pane's own words for it."""
    try:
        if isinstance(said, int | float) and not isinstance(said, bool):
            return clock.bounded(datetime.fromtimestamp(said, UTC), zone)
        if isinstance(said, str) and (wall := wall_time.parse_reset(said)):
            return wall_time.resolve(wall, captured_at, minutes, zone)[0]
        return clock.bounded(datetime.fromisoformat(said), zone) if isinstance(said, str) else None
    except (ValueError, OverflowError, OSError):
        return None
