"""Converts the figures that the older tracker parsed from a pane to meters. Pure.

{"fiveh_pct": 11, "fiveh_resets": "13:10", "weekly_pct": 24}
"""

import math
import re
from datetime import datetime, tzinfo
from typing import Any

from burnbook.importers.tracker.rows import moment
from burnbook.rows.meters import Meter
from burnbook.times import wall_time

_NAMES = {
    "codex": {"5h": "5h", "fiveh": "5h", "five_hour": "5h", "weekly": "weekly", "week": "weekly"},
    "claude": {
        "session": "session",
        **dict.fromkeys(("all_models", "week_all_models", "weekly"), "week-all-models"),
        **dict.fromkeys(("opus", "week_opus"), "week-opus"),
        **dict.fromkeys(("sonnet", "week_sonnet_only"), "week-sonnet-only"),
    },
}
_MINUTES = {"5h": 300, "session": 300}
_WEEK = 10080
_KEY = re.compile(r"(\w+?)_(?:used_)?(pct|percent|resets|resets_at)")


def meters(
    provider: str, row: dict[str, Any], captured_at: datetime, zone: tzinfo
) -> tuple[tuple[Meter, ...], tuple[str, ...]]:
    """Returns the meters of a row, and the error words that a pane would have."""
    used: dict[str, float] = {}
    resets: dict[str, Any] = {}
    for key, value in _figures(row).items():
        match = _KEY.fullmatch(key)
        name = _NAMES.get(provider, {}).get(match[1]) if match else None
        if match and name and match[2].startswith("resets"):
            resets[name] = value
        elif name and (percent := _number(value)) is not None:
            used[name] = percent
    result, errors = [], []
    for name, percent in used.items():
        minutes, shown = _MINUTES.get(name, _WEEK), resets.get(name)
        resets_at = _moment(shown, captured_at, minutes, zone) if shown else None
        if resets_at is None:
            errors.append(f"reset-not-{'understood' if shown else 'shown'}:{name}")
        if percent > 100:
            errors.append(f"percent-out-of-range:{name}")
        result.append(Meter(name, percent if percent <= 100 else None, minutes, resets_at))
    return tuple(result), tuple(errors)


def prompts(row: dict[str, Any]) -> int | None:
    """Returns the cumulative count of prompts, if the row has one."""
    figures = _figures(row)
    count = _number(figures.get("prompts_used", figures.get("prompts")))
    return int(count) if count is not None and count.is_integer() else None


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    parsed = row.get("parsed")
    return row | parsed if isinstance(parsed, dict) else row


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and 0 <= value <= 1e6 else None


def _moment(value: Any, captured_at: datetime, minutes: int, zone: tzinfo) -> datetime | None:
    """Parses ISO 8601, epoch seconds, or the words of a pane. Returns None if it cannot."""
    try:
        if wall := wall_time.parse_reset(str(value)):
            return wall_time.resolve(wall, captured_at, minutes, zone)[0]
        return moment(value, zone)
    except (ValueError, OverflowError, OSError):
        return None
