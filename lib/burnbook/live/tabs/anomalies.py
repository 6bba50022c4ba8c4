"""The anomalies of all windows, each with its two values."""

from typing import Any

from burnbook.base.text import plural
from burnbook.live.picture import Room, Shown
from burnbook.live.scene import LiveScene
from burnbook.view.parts import Line, Part, Table, fields

TITLE = "Anomalies"
POSITION = 60


def values(scene: LiveScene) -> dict[str, Any]:
    """`anomalies`: the window, kind, agent, subject, both values, and the detail of each."""
    names = ("id", "kind", "agent", "subject", "first", "second", "detail")
    rows = [{"window": window, **fields(row, *names)} for window, row in scene.anomalies]
    return {"anomalies": rows}


def show(values: dict[str, Any], scene: LiveScene, room: Room) -> Shown:
    """The count, the values as a table, and a sentence for each."""
    rows = values["anomalies"]
    if not rows:
        return [Line("No anomalies: no two figures of the book contradict each other", strong=True)]
    windows = len({row["window"] for row in rows})
    head = f"{_count(len(rows))} in {plural(windows, 'window')}"
    cells = [
        (
            *(row["window"], row["kind"], row["subject"] or "-"),
            *(_value(row["first"]), _value(row["second"])),
        )
        for row in rows
    ]
    parts: list[Part] = [
        Line(head, strong=True),
        Table(("window", "kind", "of", "first", "second"), cells, "<<<>>"),
        Line(""),
    ]
    return [*parts, *(Line(f"  {row['window']}: {row['detail']}") for row in rows)]


def _count(number: int) -> str:
    return "1 anomaly" if number == 1 else f"{number:,} anomalies"


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,g}"
    return "-" if value is None else str(value)
