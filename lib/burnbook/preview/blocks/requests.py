"""Requests: counts before and after, for providers without percentages."""

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Part, Table, Title, number

POSITION = 60


def values(scene: Scene) -> Values:
    """`requests`: agent, provider, the totals before and after, and the difference."""
    rows = []
    for pair in scene.pairs:
        before = scene.rows[pair.before.id].requests if pair.before else None
        after = scene.rows[pair.after.id].requests if pair.after else None
        if before is None and after is None:
            continue
        delta = None if before is None or after is None else after - before
        name = {"agent": pair.agent, "provider": pair.provider}
        rows.append({**name, "before": before, "after": after, "delta": delta})
    return {"requests": rows}


def show(values: Values, scene: Scene) -> list[Part]:
    """One row per agent and provider that counts requests."""
    rows = [
        (row["agent"], row["provider"], *(number(row[key]) for key in ("before", "after", "delta")))
        for row in values["requests"]
    ]
    head = ("agent", "provider", "before", "after", "delta")
    return [Title("Requests"), Table(head, rows, "<<>>>")] if rows else []
