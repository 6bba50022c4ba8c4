"""Missed resets: boundaries at which no snapshot of the open window was booked in time."""

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.rows.work import MissedReset
from burnbook.view.parts import Line, Part, fields, moment

POSITION = 40
_SHOWN = 3


def values(scene: Scene) -> Values:
    """`missed_resets`: the boundary, when it was detected, and the agent if others were in time."""
    return {"missed_resets": [_values(row) for row in scene.missed]}


def show(values: Values, scene: Scene) -> list[Part]:
    """One line with the newest boundaries."""
    rows = values["missed_resets"]
    if not rows:
        return []
    listed = ", ".join(_phrase(row, scene) for row in rows[-_SHOWN:])
    earlier = f"{len(rows) - _SHOWN} earlier, " if len(rows) > _SHOWN else ""
    return [Line(f"Missed resets: {len(rows)} ({earlier}{listed})", strong=True, level="warn")]


def _values(row: MissedReset) -> Values:
    return fields(row, "boundary", "found_at", "agent", "provider")


def _phrase(row: Values, scene: Scene) -> str:
    agent = f" {row['agent']} {row['provider']}" if row["agent"] else ""
    return moment(row["boundary"], scene.config.zone) + agent
