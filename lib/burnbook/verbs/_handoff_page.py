"""The handoff's section: where things are, checkpoints, the decision, the preview, what it cost."""

import os
from collections.abc import Sequence

from burnbook import blocks, ledgers, render
from burnbook.blocks import Line, Part, Scene, Table, Title, moment, number
from burnbook.derive.decision import Decision
from burnbook.derive.standing import standing
from burnbook.ledgerspec import Ledgers, shown
from burnbook.plain import clean
from burnbook.verbs import Context
from burnbook.verbs.preview import configured
from burnbook.workrows import Checkpoint

_TOP = 5
_CHECKPOINTS = ("Phase", "Agent", "At", "Planned", "Actual", "Delta", "From")


def text(
    ctx: Context, scene: Scene, places: Ledgers, rows: Sequence[Checkpoint], decided: Decision
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


def _places(ctx: Context, places: Ledgers) -> list[tuple[str, str]]:
    forms = (ledgers.TOKENS, ledgers.CHURN, ledgers.EVIDENCE)
    files = [os.path.join(places.folder, form.file) for form in forms]
    found = [("book", ctx.book.root), *(("ledger", path) for path in files if os.path.exists(path))]
    return [(what, shown(path)) for what, path in [*found, ("handoff", places.handoff)]]


def _checkpoints(ctx: Context, rows: Sequence[Checkpoint]) -> Part:
    lines = []
    for row in standing(rows):
        planned, actual = row.tokens_planned, row.tokens_actual
        delta = None if actual is None else actual - planned
        at = moment(row.taken_at, ctx.config)
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
    from burnbook.derive.cost import compare
    from burnbook.pricespec import Lookup
    from burnbook.verbs import _cost_parts

    prices = ctx.config.prices
    found = compare(ctx.book.telemetry(scene.window), Lookup(prices.prices))
    return _cost_parts.parts(scene.window, found, found.features[:_TOP], prices)
