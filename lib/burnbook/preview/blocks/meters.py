"""The meters of each agent and provider: before, after, and the difference."""

from burnbook.meters import deltas
from burnbook.preview.blocks import Values
from burnbook.view.parts import Part, Table, Title, bar, fields, number, percent
from burnbook.windows.facts import WindowFacts

POSITION = 50


def values(scene: WindowFacts) -> Values:
    """`meters`: one object per meter with agent, provider, and the fields of a meter's delta."""
    names = ("window_minutes", "before", "after", "delta", "delta_min", "delta_max")
    rows = [
        {
            **fields(closing, "agent", "provider"),
            "meter": meter.name,
            **fields(meter, *names, "resets", "resets_at", "reason"),
        }
        for closing in scene.closings
        for meter in closing.meters
    ]
    return {"meters": rows}


def show(values: Values, scene: WindowFacts) -> list[Part]:
    """One row per meter. The bar shows the used percentage of the newest pane."""
    width = min(scene.config.preview.bar_width, 12)
    rows = []
    for row in values["meters"]:
        newest = row["before"] if row["after"] is None else row["after"]
        drawn = bar(None if newest is None else newest / 100, width)
        before, after = percent(row["before"]), percent(row["after"])
        name = (row["agent"], row["provider"], row["meter"])
        rows.append((*name, before, after, delta(row), drawn))
    if not rows:
        return []
    head = ("agent", "provider", "meter", "before", "after", "delta", "")
    return [Title("Meters"), Table(head, rows, "<<<>>><")]


def delta(row: Values) -> str:
    """Returns `+37`, `40 to 68` across a reset, `-32 !` for an anomaly, `open`, or `-`."""
    if row["delta"] is not None:
        sign = f"{'+' if row['delta'] >= 0 else ''}{number(row['delta'])}"
        return f"{sign} !" if row["reason"] == deltas.NEGATIVE_DELTA else sign
    if row["delta_min"] is not None:
        return f"{number(row['delta_min'])} to {number(row['delta_max'])}"
    return "open" if row["reason"] == "no-after" else "-"
