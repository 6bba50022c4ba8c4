"""The newest snapshots of the window."""

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.levels import cell
from burnbook.view.parts import Line, Part, Table, Title, fields, moment

POSITION = 110


def values(scene: Scene) -> Values:
    """`snapshots`: the newest ones in brief, newest last; `snapshots_booked`: how many count."""
    names = ("id", "agent", "provider", "phase", "captured_at", "source", "errors")
    rows = [fields(row, *names) for row in scene.recent]
    return {"snapshots": rows, "snapshots_booked": scene.booked}


def show(values: Values, scene: Scene) -> list[Part]:
    """One row per snapshot, and the number of earlier ones."""
    if not scene.recent:
        return []
    rows = [
        (
            moment(row.captured_at, scene.config.zone),
            row.agent or "",
            row.provider,
            row.phase,
            row.source or "",
            cell(" ".join(row.errors), "warn"),
        )
        for row in scene.recent
    ]
    head = ("when", "agent", "provider", "phase", "source", "errors")
    parts: list[Part] = [Title("Snapshots"), Table(head, rows, "<<<<<<")]
    earlier = scene.booked - len(rows)
    return [*parts, Line(f"and {earlier} earlier")] if earlier else parts
