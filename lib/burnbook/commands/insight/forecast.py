"""Forecasts whether meters and budgets run out, and tests that on the book's own past."""

from typing import Any

from burnbook.context import Context, Result, note_damage
from burnbook.insight.forecast import view
from burnbook.insight.forecast.renew import forecasts
from burnbook.times import clock


def run(ctx: Context, args: Any) -> Result:
    """Shows the forecast of every limit, or how good forecasts were. Writes no row."""
    now = clock.now()
    if args.backtest:
        from burnbook.insight.forecast import backtest
        from burnbook.insight.forecast.scores import keep

        scores = backtest.run(ctx, now)
        keep(str(ctx.book.root), scores, now)
        note_damage(ctx)
        return Result(backtest.parts(scores), backtest.data(scores))
    known, unknown = forecasts(ctx, now)
    note_damage(ctx)
    return Result(view.parts(known, unknown, now, ctx.config.zone), view.data(known, unknown))
