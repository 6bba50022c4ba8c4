"""How likely each meter and budget is to run out before its reset, if `forecast` said so lately."""

from collections.abc import Sequence

from msgspec.structs import replace

from burnbook.insight.forecast import kept, words
from burnbook.insight.forecast.kept import Kept
from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.times import clock
from burnbook.view.levels import Level, cell
from burnbook.view.parts import Part, Table, Title

POSITION = 25
_LIKELY = 0.1


def values(scene: Scene) -> Values:
    """`forecasts`: of the meters that the window shows, and of budgets, the likeliest first."""
    if scene.finalized is not None or scene.state == "done":
        return {}
    shown = {
        (use.provider, use.account, meter.name): (meter.after, meter.resets_at)
        for use in scene.accounts
        for meter in use.meters
    }
    rows = []
    for row in kept.load(scene.root, scene.now):
        if row.kind == "budget":
            rows.append(row)
            continue
        now = shown.get((row.provider or "", row.account or "", row.name))
        if now is not None and (now[0] is None or kept.holds(row, *now)):
            rows.append(row)
    rows.sort(key=lambda row: (-row.runs_out, row.label))
    return {"forecasts": rows} if rows else {}


def show(values: Values, scene: Scene) -> list[Part]:
    """A row for each limit of which that is likely, and for the likeliest one in any case."""
    rows: Sequence[Kept] = values.get("forecasts", ())
    cells = [
        (
            row.label,
            cell(words.likely(row.runs_out), _level(row.runs_out)),
            words.day(row.resets_at, scene.now, scene.config.zone),
            words.between(row.low, row.high, row.unit),
            clock.span((scene.now - row.computed_at).total_seconds()),
        )
        for number, row in enumerate(rows)
        if number == 0 or row.runs_out >= _LIKELY
    ]
    if not cells:
        return []
    head = ("limit", "likely to run out", "before", "left at the reset", "age")
    table = Table(head, cells, "<><>>")
    return [Title("Forecast"), replace(table, narrower=table.without("age"))]


def _level(runs_out: float) -> Level:
    return "bad" if runs_out >= 0.5 else "warn" if runs_out >= _LIKELY else ""
