"""Converts rows of the older tracker's journals to fields of this book's rows. Pure.

Values without a field here go to the notes. Raises BadData or Usage if a row cannot be used.
"""

from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from burnbook.base import ids
from burnbook.base.errors import BadData
from burnbook.times import clock

Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Features = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
_OUTCOMES = ("pass", "partial", "fail")
_NO_PROVIDER = ("multi", "unknown", "all", "")


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
            elif hasattr(result, name) and not isinstance(result, Stamp):
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
    extra = []
    quality = row.get("quality_score") if result.quality is None else result.quality
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


def _joined(notes: str | list[str] | None, *extra: str | None) -> str | None:
    lines = notes if isinstance(notes, list) else [notes]
    return "; ".join(filter(None, [*lines, *extra]))[:4096] or None
