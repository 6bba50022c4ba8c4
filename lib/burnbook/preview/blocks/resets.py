"""Missed resets: boundaries at which no snapshot of the open window was booked in time."""

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Line, Part, moment

POSITION = 40
_SHOWN = 3


def values(scene: Scene) -> Values:
    """`missed_resets`: the boundary, and when it was detected."""
    rows = [{"boundary": row.boundary, "found_at": row.found_at} for row in scene.missed]
    return {"missed_resets": rows}


def show(values: Values, scene: Scene) -> list[Part]:
    """One line with the newest boundaries."""
    rows = values["missed_resets"]
    if not rows:
        return []
    listed = ", ".join(moment(row["boundary"], scene.config.zone) for row in rows[-_SHOWN:])
    earlier = f"{len(rows) - _SHOWN} earlier, " if len(rows) > _SHOWN else ""
    return [Line(f"Missed resets: {len(rows)} ({earlier}{listed})", strong=True)]
