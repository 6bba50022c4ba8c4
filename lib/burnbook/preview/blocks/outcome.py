"""The outcome of a finalized window, and the notes that its panes carry."""

import re

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Line, Part, Title, number

_WHOLE = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def values(scene: Scene) -> Values:
    """`outcome`: null, or what finalize was told; `notes`: the snapshots' notes in order."""
    notes = [
        {"agent": row.agent, "provider": row.provider, "phase": row.phase, "notes": row.notes}
        for row in scene.rows.values()
        if row.notes
    ]
    row = scene.finalized
    if row is None:
        return {"outcome": None, "notes": notes}
    outcome = {
        "outcome": row.outcome,
        "quality": row.quality,
        "methodology": row.methodology,
        "features": row.features,
        "commit_start": row.commit_start,
        "commit_end": row.commit_end,
        "notes": row.notes,
        "changed_since": tuple(row.closings) != tuple(scene.closings),
    }
    return {"outcome": outcome, "notes": notes}


def show(values: Values, scene: Scene) -> list[Part]:
    """One line of facts, then the notes."""
    parts: list[Part] = []
    outcome = values["outcome"]
    if outcome:
        features = " ".join(f"{who}={number(n)}" for who, n in sorted(outcome["features"].items()))
        facts = {
            "outcome": outcome["outcome"],
            "quality": f"{outcome['quality']}/5" if outcome["quality"] else None,
            "features": features,
            "methodology": outcome["methodology"],
            "commits": _commits(outcome["commit_start"], outcome["commit_end"]),
        }
        said = ", ".join(f"{name} {value}" for name, value in facts.items() if value)
        parts.append(Line(said or "finalized, with nothing said of its outcome"))
        if outcome["notes"]:
            parts.append(Line(outcome["notes"]))
        if outcome["changed_since"]:
            parts.append(Line("Snapshots changed since it was finalized; finalize it again."))
    for note in values["notes"]:
        parts.append(Line(f"{note['agent']} {note['provider']} {note['phase']}: {note['notes']}"))
    return [Title("Outcome"), *parts] if parts else []


def _commits(start: str | None, end: str | None) -> str | None:
    return f"{_short(start)}..{_short(end)}" if start or end else None


def _short(commit: str | None) -> str:
    """A whole commit name is cut to what tells it apart; what people wrote stays."""
    return "?" if commit is None else commit[:12] if _WHOLE.fullmatch(commit) else commit
