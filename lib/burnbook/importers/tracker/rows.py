"""Converts rows of the older tracker's journals to fields of this book's rows. Pure.

Values without a field here go to the notes. Raises BadData or UsageError if a row cannot be used.
"""

import math
import re
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from burnbook.base import ids
from burnbook.base.errors import BadData
from burnbook.rows.meters import Meter
from burnbook.times import clock, wall_time

Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Features = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
_OUTCOMES = ("pass", "partial", "fail")
_NO_PROVIDER = ("multi", "unknown", "all", "")
# Figures that the tracker parsed from a pane: {"fiveh_pct": 11, "fiveh_resets": "13:10"}
_FIGURE = re.compile(r"(\w+?)_(?:used_)?(pct|percent|resets|resets_at)")
_METERS = {
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


class _Row(msgspec.Struct, kw_only=True):
    window: str
    agent: str | None = None
    notes: str | list[str] | None = None


class Shot(_Row, kw_only=True):
    """A row of snapshots.jsonl."""

    provider: Literal["codex", "claude", "glm"]
    phase: Literal["before", "after"]
    captured_at: Any
    raw_text: str | None = None
    source: str | None = None
    voided: bool = False


class _Closing(_Row, kw_only=True):
    finalized_at: Any
    features: dict[str, Features | None] | None = None
    quality: Any = None
    outcome: str | None = None
    methodology: str | None = None
    commit_start: str | None = None
    commit_end: str | None = None


class _Churn(_Row, kw_only=True):
    provider: str | None = None
    methodology: str | None = None
    paths: list[str] | None = None
    files_changed: Count
    insertions: Count
    deletions: Count
    features: Features | None = None


class Stamp(_Row, kw_only=True):
    """A row whose raw_text counts, in the window of the row, if it names one."""

    window: str = ""
    captured_at: Any = None
    raw_text: str | None = None


_Kind = TypeVar("_Kind", bound=_Row)


def read(row: dict[str, Any], kind: type[_Kind], zone: tzinfo) -> _Kind:
    """Validates a row. Times become UTC; without an offset they are wall time in `zone`."""
    try:
        result = msgspec.convert(row, kind, strict=False)
        for name in ("captured_at", "finalized_at"):
            if (value := getattr(result, name, None)) is not None:
                setattr(result, name, moment(value, zone))
            elif hasattr(result, name) and kind is not Stamp:
                raise ValueError(f"{name} is null")
    except (ValueError, OverflowError, OSError) as error:  # ValidationError is a ValueError
        raise BadData(str(error)) from None
    if result.window:
        ids.check("window", result.window)
    result.agent = result.agent if result.agent and ids.valid(result.agent) else None
    return result


def moment(value: Any, zone: tzinfo) -> datetime:
    """Parses ISO 8601 or epoch seconds. Raises ValueError, OverflowError or OSError."""
    if isinstance(value, int | float):
        return clock.bounded(datetime.fromtimestamp(value, UTC), zone)
    return clock.bounded(datetime.fromisoformat(str(value)), zone)


def shot(row: dict[str, Any], zone: tzinfo) -> Shot:
    """Reads a row of snapshots.jsonl."""
    result = read(row, Shot, zone)
    if result.voided:
        raise BadData("the tracker voided it")
    origin = None if result.source in (None, "ingest") else f"[{result.source} in the tracker]"
    result.notes = _joined(result.notes, origin)
    return result


def closing(row: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Converts a row of windows.jsonl to fields of a WindowRow."""
    result = read(row, _Closing, zone)
    quality = row.get("quality_score") if result.quality is None else result.quality
    extra = []
    # A scale of 0 to 1 is possible too, so 1.0 is ambiguous.
    if quality is not None and (quality not in range(1, 6) or str(quality) in ("1.0", "True")):
        extra.append(f"quality={quality} in the tracker")
        quality = None
    if result.outcome is not None and result.outcome not in _OUTCOMES:
        extra.append(f"outcome={result.outcome} in the tracker")
        result.outcome = None
    counts = (result.features or {}).items()
    return msgspec.structs.asdict(result) | {
        "features": {ids.check("provider", n.lower()): c for n, c in counts if c is not None},
        "quality": None if quality is None else int(quality),
        "notes": _joined(result.notes, *extra),
    }


def churn(row: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Converts a row of churn.jsonl to fields of a Churn row without repositories."""
    result = read(row, _Churn, zone)
    if "missing-commit-range" in str(result.notes):
        raise BadData("the tracker counted nothing (missing-commit-range)")
    start, end = row.get("commit_start"), row.get("commit_end")
    commits = f"commits {start or '?'}..{end or '?'}" if start or end else None
    lines = result.insertions + result.deletions
    provider = (result.provider or "").lower()
    return msgspec.structs.asdict(result) | {
        "provider": None if provider in _NO_PROVIDER else ids.check("provider", provider),
        "ranges": (),
        "paths": tuple(result.paths or ()),
        "net": result.insertions - result.deletions,
        "normalized_churn": lines / result.features if result.features else None,
        "notes": _joined(result.notes, commits),
    }


def meters(
    provider: str, row: dict[str, Any], captured_at: datetime, zone: tzinfo
) -> tuple[tuple[Meter, ...], tuple[str, ...]]:
    """Returns the meters in a row's figures, and the error words that a pane would have."""
    used: dict[str, float] = {}
    resets: dict[str, Any] = {}
    for key, value in _figures(row).items():
        match = _FIGURE.fullmatch(key)
        name = _METERS.get(provider, {}).get(match[1]) if match else None
        if match and name and match[2].startswith("resets"):
            resets[name] = value
        elif name and (percent := _number(value)) is not None:
            used[name] = percent
    result, errors = [], []
    for name, percent in used.items():
        minutes, shown = _MINUTES.get(name, _WEEK), resets.get(name)
        resets_at = _reset(shown, captured_at, minutes, zone) if shown else None
        if resets_at is None:
            errors.append(f"reset-not-{'understood' if shown else 'shown'}:{name}")
        if percent > 100:
            errors.append(f"percent-out-of-range:{name}")
        result.append(Meter(name, percent if percent <= 100 else None, minutes, resets_at))
    return tuple(result), tuple(errors)


def requests(row: dict[str, Any]) -> int | None:
    """Returns the cumulative count of requests in a row's figures, if it has one."""
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


def _reset(value: Any, captured_at: datetime, minutes: int, zone: tzinfo) -> datetime | None:
    """Parses the words of a pane, ISO 8601 or epoch seconds. Returns None if it cannot."""
    try:
        if wall := wall_time.parse_reset(str(value)):
            return wall_time.resolve(wall, captured_at, minutes, zone)[0]
        return moment(value, zone)
    except (ValueError, OverflowError, OSError):
        return None


def _joined(notes: str | list[str] | None, *extra: str | None) -> str | None:
    lines = notes if isinstance(notes, list) else [notes]
    return "; ".join(filter(None, [*lines, *extra]))[:4096] or None
