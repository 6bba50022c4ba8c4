"""Anomalies: pairs of facts that cannot both be right."""

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Line, Part, fields

POSITION = 30


def values(scene: Scene) -> Values:
    """`anomalies`: the count; `anomaly_list`: kind, agent, subject, both values, detail."""
    names = ("id", "kind", "agent", "subject", "first", "second", "detail")
    rows = [fields(row, *names) for row in scene.anomalies]
    return {"anomalies": len(rows), "anomaly_list": rows}


def show(values: Values, scene: Scene) -> list[Part]:
    """Always the count, and one line each."""
    has_any = bool(scene.anomalies)
    count = f"Anomalies: {values['anomalies']}"
    parts: list[Part] = [Line(count, strong=has_any, level="bad" if has_any else "")]
    for row in values["anomaly_list"]:
        parts.append(Line(f"  {row['kind']}: {row['detail']}"))
    return parts
