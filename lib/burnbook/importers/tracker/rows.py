"""Rows of an older tracker's journals -> what this book would have said. Pure.

Names of fields vary between versions, so each has fall-backs. What has no place in a row of this
book goes to its notes, so that nothing is lost. `Refused` says why a row cannot be used.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from burnbook.base import ids
from burnbook.base.clean_text import quoted
from burnbook.rows.meters import Phase
from burnbook.times import clock

_PROVIDERS = {
    **dict.fromkeys(("codex", "openai", "codex-cli"), "codex"),
    **dict.fromkeys(("claude", "anthropic", "claude-code", "claude-monitor"), "claude"),
    **dict.fromkeys(("glm", "zai", "z.ai", "ccusage"), "glm"),
}
_PHASES: dict[str, Phase] = {
    **dict.fromkeys(("before", "start", "begin", "pre"), "before"),
    **dict.fromkeys(("after", "end", "finish", "post"), "after"),
}
_OUTCOMES = {
    **dict.fromkeys(("pass", "passed", "success", "ok"), "pass"),
    **dict.fromkeys(("partial", "mixed"), "partial"),
    **dict.fromkeys(("fail", "failed", "failure"), "fail"),
}
_TIMES = ("captured_at", "timestamp", "ts", "recorded_at", "created_at", "time")
RAW = ("raw_text", "raw", "pane", "text")
_NO_PROVIDER = ("multi", "unknown", "all", "")
_MILLISECONDS = 1e11


class Refused(ValueError):
    """One row that cannot be used."""


class Shot(NamedTuple):
    """A snapshot, its pane not yet read; `row` has the figures that the tracker parsed."""

    agent: str | None
    window: str
    provider: str
    phase: Phase
    captured_at: datetime
    raw: str | None
    row: dict[str, Any]
    notes: str | None


def shot(row: dict[str, Any], zone: tzinfo) -> Shot:
    """A row of snapshots.jsonl."""
    if row.get("voided") or row.get("deleted"):
        raise Refused("the tracker took it back")
    said = str(_first(row, "phase", "when") or "").lower()
    if said not in _PHASES:
        raise Refused(f"phase {quoted(said, 40)} is neither before nor after")
    name = str(_first(row, "provider", "tool") or "").lower().replace("_", "-")
    if name not in _PROVIDERS:
        raise Refused(f"provider {quoted(name, 40)} is not known; valid: codex, claude, glm")
    source = _first(row, "source")
    return Shot(
        agent_of(row),
        window_of(row),
        _PROVIDERS[name],
        _PHASES[said],
        moment_of(row, _TIMES, zone),
        raw_of(row),
        row,
        _joined(_notes(row), None if source in (None, "ingest") else f"[{source} in the tracker]"),
    )


def closing(row: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    """A row of windows.jsonl as the fields of a WindowRow that a person says."""
    extra = []
    quality = _first(row, "quality", "quality_score")
    scale = isinstance(quality, int | float) and not isinstance(quality, bool)
    # 1.0 may be the best of 0 to 1 or the worst of 1 to 5.
    if quality is not None and (not scale or quality not in range(1, 6) or str(quality) == "1.0"):
        extra.append(f"quality={quality} in the tracker")
        quality = None
    outcome = _first(row, "outcome")
    known = _OUTCOMES.get(str(outcome).lower())
    if outcome is not None and known is None:
        extra.append(f"outcome={outcome} in the tracker")
    for key in ("spec_id", "spec_version"):
        if row.get(key) is not None:
            extra.append(f"{key}={row[key]}")
    return {
        "window": window_of(row),
        "agent": agent_of(row),
        "finalized_at": moment_of(row, ("finalized_at", *_TIMES), zone),
        "features": _features(row),
        "quality": None if quality is None else int(quality),
        "outcome": known,
        "methodology": _text(row, "methodology"),
        "commit_start": _text(row, "commit_start", "commit_start_sha"),
        "commit_end": _text(row, "commit_end", "commit_end_sha"),
        "notes": _joined(_notes(row), *extra),
    }


def churn(row: dict[str, Any]) -> dict[str, Any]:
    """A row of churn.jsonl as the fields of a Churn row, without repositories."""
    notes = _notes(row)
    if "missing-commit-range" in (notes or "") or row.get("decision") == "missing-commit-range":
        raise Refused("the tracker counted nothing (missing-commit-range)")
    plus, minus = (
        _count(row, "insertions", "lines_added"),
        _count(row, "deletions", "lines_deleted"),
    )
    made = row.get("features")
    if isinstance(made, dict):
        made = sum(value for value in made.values() if isinstance(value, int | float))
    features = None if made is None else _number(made, "features")
    ends = [_text(row, f"commit_{end}", f"commit_{end}_sha") for end in ("start", "end")]
    provider = (_text(row, "provider") or "").lower()
    paths = row.get("paths")
    return {
        "window": window_of(row),
        "agent": agent_of(row),
        "provider": None if provider in _NO_PROVIDER else _provider(provider),
        "methodology": _text(row, "methodology"),
        "ranges": (),
        "paths": tuple(map(str, paths)) if isinstance(paths, list) else (),
        "files_changed": _count(row, "files_changed", "files"),
        "insertions": plus,
        "deletions": minus,
        "net": plus - minus,
        "features": features,
        "normalized_churn": (plus + minus) / features if features else None,
        "notes": _joined(notes, f"commits {ends[0] or '?'}..{ends[1] or '?'}" if any(ends) else ""),
    }


def window_of(row: dict[str, Any]) -> str:
    """The window that a row is about."""
    said = _first(row, "window", "window_id")
    if not isinstance(said, str) or not ids.valid(said):
        raise Refused(f"window {quoted(said, 80)} is not an id; valid: {ids.RULE}")
    return said


def agent_of(row: dict[str, Any]) -> str | None:
    """Whose row it is; None where it does not say."""
    said = _first(row, "agent", "agent_id", "AGENT_ID")
    return said if isinstance(said, str) and ids.valid(said) else None


def raw_of(row: dict[str, Any]) -> str | None:
    """The text that the tracker was given."""
    said = next((row[key] for key in RAW if isinstance(row.get(key), str)), "")
    return said if said.strip() else None


def moment_of(row: dict[str, Any], keys: Sequence[str], zone: tzinfo) -> datetime:
    """When it was: ISO 8601 (wall time without an offset), epoch seconds or milliseconds."""
    said = _first(row, *keys)
    try:
        if isinstance(said, int | float) and not isinstance(said, bool):
            seconds = said / 1000 if said > _MILLISECONDS else said
            return clock.bounded(datetime.fromtimestamp(seconds, UTC), zone)
        if isinstance(said, str):
            return clock.bounded(datetime.fromisoformat(said.strip()), zone)
    except (ValueError, OverflowError, OSError):
        raise Refused(f"time {quoted(said, 40)} is no moment") from None
    raise Refused(f"no time: none of {', '.join(keys)} is there")


def _provider(name: str) -> str:
    known = _PROVIDERS.get(name.replace("_", "-"), name)
    if not ids.valid(known):
        raise Refused(f"provider {quoted(name, 40)} is not an id")
    return known


def _features(row: dict[str, Any]) -> dict[str, float]:
    said = row.get("features")
    if said is None:
        ends = ("_features", "features_")
        said = {
            k.replace("_features", "").replace("features_", ""): v
            for k, v in row.items()
            if k.startswith(ends[1]) or k.endswith(ends[0])
        }
    if not isinstance(said, dict):
        said = {_text(row, "provider") or "all": said}
    return {
        _provider(str(name).lower()): _number(value, f"features of {name}")
        for name, value in said.items()
        if value is not None
    }


def _first(row: dict[str, Any], *keys: str) -> Any:
    return next((row[key] for key in keys if row.get(key) is not None), None)


def _text(row: dict[str, Any], *keys: str) -> str | None:
    said = _first(row, *keys)
    return str(said)[:4096] if isinstance(said, str | int) and str(said).strip() else None


def _notes(row: dict[str, Any]) -> str | None:
    said = row.get("notes")
    return "; ".join(map(str, said)) if isinstance(said, list) else _text(row, "notes")


def _joined(*notes: str | None) -> str | None:
    return "; ".join(filter(None, notes))[:4096] or None


def _count(row: dict[str, Any], *keys: str) -> int:
    said = _first(row, *keys)
    if said is None:
        raise Refused(f"no {keys[0]}")
    return int(_number(said, keys[0]))


def _number(value: Any, what: str) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= 1e9:
        raise Refused(f"{what} is {quoted(value, 40)}, not a number from 0")
    return float(value)
