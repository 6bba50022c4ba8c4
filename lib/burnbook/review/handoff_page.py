"""The text of the handoff: paths, checkpoints, the decision, the preview and the costs."""

from collections.abc import Sequence

from burnbook.base.clean_text import clean
from burnbook.config.folders import Pages, shown
from burnbook.context import Context
from burnbook.ledgers import csv_ledger
from burnbook.preview import blocks
from burnbook.preview.page import page
from burnbook.preview.scene import Scene
from burnbook.review.decision import Decision
from burnbook.rows.work import Checkpoint, current
from burnbook.view import render
from burnbook.view.parts import Line, Part, Table, Title, moment, number

_TOP = 5
_CHECKPOINTS = ("Phase", "Agent", "At", "Planned", "Actual", "Delta", "From")


def text(
    ctx: Context, scene: Scene, paths: Pages, rows: Sequence[Checkpoint], decision: Decision
) -> str:
    """Returns Markdown. The same book at the same moment gives the same text."""
    parts: list[Part] = [
        Line("Written by burnbook checkpoint; text between the markers will be overwritten"),
        Title("Paths"),
        Table(("File", "Path"), _paths(ctx, paths), "<<"),
        Title("Checkpoints"),
        _checkpoints(ctx, rows),
        Title(f"Decision: {decision.verdict}"),
        *(Line(reason) for reason in decision.reasons or ("no objections",)),
        Title("Preview"),
        *page(scene, [blocks.load(name) for name in blocks.configured(ctx)]).parts,
        *_costs(ctx, scene),
    ]
    return clean(f"## Handoff of {scene.window}\n\n{render.markdown(parts)}")


def _paths(ctx: Context, paths: Pages) -> list[tuple[str, str]]:
    ledgers = [paths.folder / form.file for form in csv_ledger.FORMS]
    existing = [("ledger", str(path)) for path in ledgers if path.status()]
    rows = [("book", ctx.book.root), *existing, ("handoff", str(paths.handoff))]
    return [(name, shown(path)) for name, path in rows]


def _checkpoints(ctx: Context, rows: Sequence[Checkpoint]) -> Part:
    lines = []
    for row in current(rows):
        planned, actual = row.tokens_planned, row.tokens_actual
        delta = None if actual is None or planned is None else actual - planned
        taken_at = moment(row.taken_at, ctx.config.zone)
        numbers = (number(planned), number(actual), number(delta))
        lines.append(
            (row.phase, row.agent or "(window)", taken_at, *numbers, row.actual_from or "-")
        )
    return Table(_CHECKPOINTS, lines, "<<<>>><")


def _costs(ctx: Context, scene: Scene) -> Sequence[Part]:
    if scene.traffic is None:
        return []
    # Imported here, because it takes 10 ms and only windows with telemetry need it.
    from burnbook.cost.comparison import view
    from burnbook.cost.comparison.compare import compare
    from burnbook.cost.comparison.tally import Pricing
    from burnbook.cost.price_list import PriceList
    from burnbook.telemetry.costs.requests import cost_requests

    prices = ctx.config.prices
    requests = cost_requests(ctx.store, scene.window)
    if requests is None:
        return []
    result = compare(requests, Pricing("auto", PriceList(prices)))
    return view.parts(scene.window, result, result.features[:_TOP], prices, "auto")
