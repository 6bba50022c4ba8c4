"""The meters of each account: before, after, and the difference."""

from burnbook.meters import deltas
from burnbook.preview.blocks import Values
from burnbook.rows.meters import MeterDelta
from burnbook.view.drawing import legend, two_bar
from burnbook.view.levels import cell, used
from burnbook.view.parts import Line, Part, Table, Title, fields, number, percent
from burnbook.windows.accounts.evidence import stale_phases
from burnbook.windows.facts import WindowFacts

POSITION = 50


def values(scene: WindowFacts) -> Values:
    """`meters`: one object per meter with account, agents, provider, and its delta's fields.

    `agent` is the agents that share the account, separated by commas. `stale` are the phases whose
    value may be of an earlier state.
    """
    names = ("window_minutes", "before", "after", "delta", "delta_min", "delta_max")
    rows = [
        {
            "agent": ", ".join(use.agents),
            **fields(use, "provider", "account", "account_from", "agents"),
            "meter": meter.name,
            **fields(meter, *names, "resets", "resets_at", "reason"),
            "stale": stale_phases(use, meter.name, scene.rows),
        }
        for use in scene.accounts
        for meter in use.meters
    ]
    return {"meters": sorted(rows, key=lambda row: (row["agent"], row["provider"]))}


def show(values: Values, scene: WindowFacts) -> list[Part]:
    """One row per meter, and the accounts that a pane does not show.

    The bar shows how much was used before, and since; all of it since, if the meter was reset.
    """
    width = min(scene.config.preview.bar_width, 12)
    rows = []
    for row in values["meters"]:
        shares = [None if row[key] is None else row[key] / 100 for key in ("before", "after")]
        if row["resets"] and shares[1] is not None:
            shares[0] = 0.0
        cells = [cell(percent(row[key]), used(row[key])) for key in ("before", "after")]
        name = (row["agent"], row["provider"], row["meter"])
        change = cell(delta(row), "bad" if row["reason"] == deltas.NEGATIVE_DELTA else "")
        rows.append((*name, *cells, change, two_bar(shares[0], shares[1], width)))
    if not rows:
        return []
    head = ("agent", "provider", "meter", "before", "after", "delta", legend() if width else "")
    notes = [
        f"{row['agent']} {row['provider']}: {row['meter']} may have been old at "
        f"{' and '.join(row['stale']).upper()}"
        for row in values["meters"]
        if row["stale"]
    ]
    notes += dict.fromkeys(
        f"{row['agent']} {row['provider']}: a pane shows no account; the last known one counts"
        for row in values["meters"]
        if row["account_from"] == "last-known"
    )
    return [
        Title("Meters"),
        Table(head, rows, "<<<>>><"),
        *(Line(note, level="warn") for note in notes),
    ]


def delta(row: Values) -> str:
    """Returns `+37`, `40 to 68` across a reset, `-32 !` for an anomaly, `open`, or `-`.

    `12 or more` if only the least is known, `unknown over 6 resets` if the bounds say nothing else.
    """
    low, high = row["delta_min"], row["delta_max"]
    if row["delta"] is not None:
        sign = f"{'+' if row['delta'] >= 0 else ''}{number(row['delta'])}"
        return f"{sign} !" if row["reason"] == deltas.NEGATIVE_DELTA else sign
    names = MeterDelta.__struct_fields__[1:]
    if deltas.is_trivial(MeterDelta(row["meter"], *(row[name] for name in names))):
        return f"unknown over {row['resets']} resets"
    if low is not None:
        return f"{number(low)} or more" if high is None else f"{number(low)} to {number(high)}"
    return "open" if row["reason"] == "no-after" else "-"
