"""The windows of the period, with their snapshots, boundaries and missed resets."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from burnbook.report.scene import MOST_WINDOWS

if TYPE_CHECKING:
    from burnbook.overview.windows import DescribedWindow
    from burnbook.report.scene import Scene


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """Rows of several kinds for each of the newest 60 windows that have begun, the oldest first.

    `window`: its dates; without an end, `ends` is now. `before`, `after` and `missed`: a moment
    (`at`) with the agents and providers.
    """
    begun = [each for each in scene.described if each.line.starts_at is not None]
    begun.sort(key=lambda each: (each.line.starts_at, each.line.window))
    return [
        {"window": each.line.window, "number": number, **row}
        for number, each in enumerate(begun[-MOST_WINDOWS:])
        for row in _rows(each, scene)
    ]


def _rows(described: "DescribedWindow", scene: "Scene") -> Iterator[dict[str, Any]]:
    line, facts = described.line, described.facts
    assert line.starts_at is not None
    yield {
        "kind": "window",
        "title": line.title,
        "state": "open now" if line.is_current else line.state,
        "starts": scene.wall(line.starts_at),
        "ends": scene.wall(line.ends_at or scene.now),
        "has_end": line.ends_at is not None,
        "tokens": line.used.tokens,
        "usd": line.used.usd_known,
        "is_usd_least": line.used.usd is None and line.used.usd_known is not None,
        "features": sum(line.features.values()) if line.features else None,
        "outcome": line.outcome,
        "anomalies": line.anomalies,
    }
    marks: dict[tuple[datetime, str], list[str]] = {}
    for pair in facts.pairs:
        for kind, entry in (("before", pair.before), ("after", pair.after)):
            if entry is not None:
                at = (entry.captured_at, kind)
                marks.setdefault(at, []).append(f"{pair.agent} {pair.provider}")
    for missed in facts.missed:
        who = " ".join(filter(None, (missed.agent, missed.provider))) or "every agent"
        marks.setdefault((missed.boundary, "missed"), []).append(who)
    for (moment, kind), names in sorted(marks.items()):
        yield {"kind": kind, "at": scene.wall(moment), "who": ", ".join(names)}
