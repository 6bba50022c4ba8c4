"""The handoff's section: where things are, checkpoints, the decision, the preview, what it cost."""

from collections.abc import Sequence

from burnbook.base.clean_text import clean
from burnbook.config.folders import Pages, shown
from burnbook.context import Context
from burnbook.ledgers import csv_ledger
from burnbook.preview import blocks
from burnbook.preview.blocks import configured
from burnbook.preview.scene import Scene
from burnbook.review.decision import Decision
from burnbook.rows.work import Checkpoint, current
from burnbook.view import render
from burnbook.view.parts import Line, Part, Table, Title, moment, number

_TOP = 5
_CHECKPOINTS = ("Phase", "Agent", "At", "Planned", "Actual", "Delta", "From")


def text(
    ctx: Context, scene: Scene, places: Pages, rows: Sequence[Checkpoint], decided: Decision
) -> str:
    """Markdown; the same book and the same moment give the same text."""
    parts: list[Part] = [
        Line("Kept by burnbook checkpoint; what is written between the markers is lost"),
        Title("Where things are"),
        Table(("What", "Where"), _places(ctx, places), "<<"),
        Title("Checkpoints"),
        _checkpoints(ctx, rows),
        Title(f"Decision: {decided.verdict}"),
        *(Line(reason) for reason in decided.reasons or ("nothing speaks against it",)),
        Title("Preview"),
        *_preview(ctx, scene),
        *_costs(ctx, scene),
    ]
    return clean(f"## Handoff of {scene.window}\n\n{render.markdown(parts)}")


def _places(ctx: Context, places: Pages) -> list[tuple[str, str]]:
    forms = (csv_ledger.TOKENS, csv_ledger.CHURN, csv_ledger.EVIDENCE)
    files = [places.folder / form.file for form in forms]
    ledgers_there = [("ledger", str(path)) for path in files if path.status()]
    paths = [("book", ctx.book.root), *ledgers_there, ("handoff", str(places.handoff))]
    return [(what, shown(path)) for what, path in paths]


def _checkpoints(ctx: Context, rows: Sequence[Checkpoint]) -> Part:
    lines = []
    for row in current(rows):
        planned, actual = row.tokens_planned, row.tokens_actual
        delta = None if actual is None else actual - planned
        at = moment(row.taken_at, ctx.config.zone)
        numbers = (number(planned), number(actual), number(delta))
        lines.append((row.phase, row.agent or "", at, *numbers, row.actual_from or "-"))
    return Table(_CHECKPOINTS, lines, "<<<>>><")


def _preview(ctx: Context, scene: Scene) -> list[Part]:
    parts: list[Part] = []
    for module in map(blocks.load, configured(ctx)):
        parts += module.show(module.values(scene), scene)
    return parts


def _costs(ctx: Context, scene: Scene) -> Sequence[Part]:
    if scene.traffic is None:
        return []
    # 10 ms, which only a window with telemetry pays for.
    from burnbook.config.prices import Lookup
    from burnbook.cost import view
    from burnbook.cost.compare import compare

    prices = ctx.config.prices
    found = compare(ctx.book.telemetry(scene.window), Lookup(prices.prices))
    return view.parts(scene.window, found, found.features[:_TOP], prices)
