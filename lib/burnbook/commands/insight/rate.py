"""What one percentage point of each meter buys, and since when it buys less or more."""

from typing import Any

from burnbook import extras
from burnbook.base import ids
from burnbook.context import Context, Result, note_damage


def run(ctx: Context, args: Any) -> Result:
    """Shows the rate of each meter, or of one provider's alone. Writes no row."""
    provider = ids.check("provider", args.provider) if args.provider is not None else None
    extras.use("insight", "rate")
    from burnbook.insight.rate.book import rates
    from burnbook.insight.rate.rates import figures
    from burnbook.insight.rate.view import parts

    result = rates(ctx, provider)
    note_damage(ctx)
    data = {"provider": provider, "meters": [figures(rate) for rate in result]}
    return Result(parts(result, ctx.config.zone, provider), data)
