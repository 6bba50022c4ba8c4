"""The reports of `usage` about tools, MCP servers, skills, subagents, caches, unusual sessions."""

from typing import Any

from burnbook.base.errors import UsageError
from burnbook.context import Context, Result, note_damage
from burnbook.cost.price_list import PriceList
from burnbook.cost.pricing import USD_KIND
from burnbook.insight.spending.requests import Spent, spent_requests
from burnbook.usage.pricing import Pricing
from burnbook.usage.selection import selection
from burnbook.view.parts import Line

_BY = ("model", "session", "project", "tool", "agent")


def run(ctx: Context, args: Any) -> Result:
    """One of these reports. Writes no row."""
    if args.by is not None and (args.report != "cache" or args.by not in _BY):
        valid = f"cache --by {', '.join(_BY)}"
        raise UsageError(f"--by {args.by} does not apply to {args.report}; valid: {valid}")
    if args.explain or args.format == "csv":
        flag = "--explain" if args.explain else "--format csv"
        raise UsageError(f"{flag} does not apply to {args.report}; use --format json")
    window = args.window
    if window is not None:
        from burnbook.windows.current import wanted

        window = wanted(ctx, window)
    selected = selection(ctx.config, ctx.store, args, window)
    pricing = Pricing(args.cost, PriceList(ctx.config.prices))
    requests = list(spent_requests(ctx, selected.filters, selected.zone, pricing))
    note_damage(ctx)
    data = {
        "report": args.report,
        "timezone": selected.zone_name,
        "since": selected.filters.since,
        "until": selected.filters.until,
        "usd_kind": USD_KIND[args.cost],
        "prices": {"as_of": ctx.config.prices.as_of, "source": ctx.config.prices.source},
        "n": len(requests),
    }
    if not requests and args.format != "json":
        message = f"{args.report}: no usage matches; run ./just ingest to read what is new"
        return Result([Line(message, strong=True)], data)
    return _report(args, requests, data)


def _report(args: Any, requests: list[Spent], data: dict[str, Any]) -> Result:
    from burnbook.insight.spending import layout

    if args.report == "cache":
        from burnbook.insight.spending.caches import cache_sums

        by = args.by or "model"
        sums = cache_sums(requests, lambda spent: getattr(spent.row, by))
        data |= {"by": by, "rows": layout.cache_figures(sums)}
        return Result(layout.cache_parts(sums, by, is_all=args.all), data)
    if args.report == "outliers":
        from burnbook.insight.spending.outliers import outliers, sessions

        unusual = outliers(sessions(requests))
        data |= layout.outlier_figures(unusual)
        return Result(layout.outlier_parts(unusual, is_all=args.all), data)
    from burnbook.insight.spending.division import divide_requests

    divided = divide_requests(args.report, requests)
    data |= layout.division_figures(divided)
    return Result(layout.division_parts(divided, data["usd_kind"], is_all=args.all), data)
