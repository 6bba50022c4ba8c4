"""Forecasts whether meters and budgets run out, and tests that on the book's own past."""

from typing import Any

from burnbook.context import Context, Result, note_damage
from burnbook.insight.forecast import limits, view
from burnbook.insight.forecast.method.forecast import forecast
from burnbook.times import clock


def run(ctx: Context, args: Any) -> Result:
    """Shows the forecast of every limit, or how good forecasts were. Writes no row."""
    now, zone = clock.now(), ctx.config.zone
    if args.backtest:
        from burnbook.insight.forecast import backtest

        scores = backtest.run(ctx, now)
        note_damage(ctx)
        return Result(backtest.parts(scores), backtest.data(scores))
    histories = [*limits.histories(ctx, now)]
    forecasts = [forecast(history) for _, history in histories if history is not None]
    unknown = [limit for limit, history in histories if history is None]
    note_damage(ctx)
    return Result(view.parts(forecasts, unknown, now, zone), view.data(forecasts, unknown))
