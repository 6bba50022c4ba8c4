"""The outcome of a finalized window, and the notes of its snapshots."""

import re

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Line, Part, Title, fields, number

POSITION = 100
_FULL_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def values(scene: Scene) -> Values:
    """`outcome`: null, or what was given to finalize; `notes`: the notes of the snapshots."""
    rows = [row for row in scene.rows.values() if row.notes]
    notes = [fields(row, "agent", "provider", "phase", "notes") for row in rows]
    row = scene.finalized
    if row is None:
        return {"outcome": None, "notes": notes}
    names = ("outcome", "quality", "methodology", "features", "commit_start", "commit_end", "notes")
    changed = {"changed_since": tuple(row.closings) != tuple(scene.closings)}
    return {"outcome": fields(row, *names) | changed, "notes": notes}


def show(values: Values, scene: Scene) -> list[Part]:
    """One line of facts, then the notes."""
    parts: list[Part] = []
    outcome = values["outcome"]
    if outcome:
        counts = sorted(outcome["features"].items())
        features = " ".join(f"{provider}={number(count)}" for provider, count in counts)
        facts = {
            "outcome": outcome["outcome"],
            "quality": f"{outcome['quality']}/5" if outcome["quality"] else None,
            "features": features,
            "methodology": outcome["methodology"],
            "commits": _commits(outcome["commit_start"], outcome["commit_end"]),
        }
        text = ", ".join(f"{name} {value}" for name, value in facts.items() if value)
        parts.append(Line(text or "finalized without an outcome"))
        if outcome["notes"]:
            parts.append(Line(outcome["notes"]))
        if outcome["changed_since"]:
            parts.append(Line("Snapshots changed after it was finalized; finalize it again."))
    for note in values["notes"]:
        parts.append(Line(f"{note['agent']} {note['provider']} {note['phase']}: {note['notes']}"))
    return [Title("Outcome"), *parts] if parts else []


def _commits(start: str | None, end: str | None) -> str | None:
    return f"{_short(start)}..{_short(end)}" if start or end else None


def _short(commit: str | None) -> str:
    """Shortens a full commit hash. Other names stay as they are."""
    return "?" if commit is None else commit[:12] if _FULL_HASH.fullmatch(commit) else commit
