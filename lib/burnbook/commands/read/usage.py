"""Agents' usage by day, week, month, session, block, window, tool, model and more."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, tzinfo
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from burnbook.base.errors import BadConfig, Missing, UsageError
from burnbook.context import Context, Result, note_damage
from burnbook.cost.price_list import PriceList
from burnbook.cost.pricing import USD_KIND
from burnbook.times import clock
from burnbook.times.days import Days, parse_days
from burnbook.usage import queries
from burnbook.usage import report as usage
from burnbook.usage.counts import Counts
from burnbook.usage.pricing import Pricing
from burnbook.usage.queries import Filters
from burnbook.usage.report import Report
from burnbook.windows.current import wanted

if TYPE_CHECKING:
    from burnbook.usage.explain import Explained


def run(ctx: Context, args: Any) -> Result:
    """One report. Only `--fresh` adds rows to the book."""
    zone, zone_name = _zone(ctx, args.timezone)
    days = _days(args, clock.to_wall(clock.now(), zone).date())
    if args.fresh:
        _read_new(ctx, args.tool)
    filters = _filters(ctx, args, days)
    pricing = Pricing(args.cost, PriceList(ctx.config.prices))
    if args.report == "blocks":
        from burnbook.usage import block_report
        from burnbook.windows.accounts.pools import BlockPools

        pools = BlockPools(ctx, queries.homes(ctx.store))
        sums: Iterable[tuple[Any, Counts]] = block_report.sums(ctx, filters, zone, pools)
    else:
        has_hours, account_of = pricing.prices.has_hours, ctx.config.accounts.name
        sums = queries.sums(ctx.store, args.report, filters, zone, has_hours, account_of)
    sums = list(sums) if args.explain else sums
    report = usage.build(sums, pricing, by_size=args.report in usage.BY_ORIGIN)
    explained = None
    if args.explain:
        from burnbook.usage import explain

        explained = explain.explanations(sums, pricing)
    note_damage(ctx)
    prices = ctx.config.prices
    data = {
        "report": args.report,
        "timezone": zone_name,
        "since": filters.since,
        "until": filters.until,
        "cost": args.cost,
        "usd_kind": USD_KIND[args.cost],
        "prices": {"as_of": prices.as_of, "source": prices.source},
        "rows": [_row(row, args.report, explained) for row in report.rows],
        "totals": usage.figures(report.totals),
        "accounts": ctx.config.accounts.declared if args.report == "account" else {},
        "unpriced": report.unpriced,
        "reasons": [{"model": name, "reason": why} for name, why in report.reasons.items()],
    }
    return _shown(args, report, data, zone, explained)


def _read_new(ctx: Context, tools: list[str] | None) -> None:
    """Book what is new in the agents' own logs; an agent without logs on this machine has none."""
    from argparse import Namespace

    from burnbook.agent_logs import ingest
    from burnbook.config.agent_logs import LogFeed

    for name in ctx.config.feed_names:
        if tools and not any(fnmatchcase(name, tool) for tool in tools):
            continue
        feed = ctx.config.feed(name)
        if isinstance(feed, LogFeed):
            given = {"stdin": False, "file": None, "window": None, "strict": False}
            with suppress(Missing):
                ingest.run(ctx, Namespace(feed=name, **given), feed)


def _shown(
    args: Any, report: Report, data: dict[str, Any], zone: tzinfo, explained: "Explained | None"
) -> Result:
    """The report in its format."""
    if args.format == "json":
        return Result((), data)
    from burnbook.usage import view

    if args.format == "csv":
        return Result((), data, ready=view.csv(data))
    width = view.width() if args.format == "text" else None
    parts = view.parts(report, data, zone, width)
    if explained is not None:
        from burnbook.usage import explain

        parts += explain.parts(report, args.report, zone, explained, width)
    return Result(parts, data)


def _row(row: usage.Row, report: str, explained: "Explained | None") -> dict[str, Any]:
    named: dict[str, Any] = {"period": row.period, "tool": row.tool, "model": row.model}
    if report == "blocks":
        start, end, *rest = row.period
        named |= {"period": clock.iso(start), "ends_at": clock.iso(end)}
        named["guessed"], named["account"] = rest[0], rest[1] or None
    figures = named | usage.figures(row)
    if explained is not None:
        from burnbook.usage import explain

        figures["explained"] = [*map(explain.figures, explained[row[:3]])]
    return figures


def _zone(ctx: Context, name: str | None) -> tuple[tzinfo, str]:
    if name is None:
        return ctx.config.zone, ctx.config.windows.timezone
    try:
        return clock.find_zone(name), name
    except BadConfig as error:
        raise UsageError(f"--timezone: {error}") from None


def _days(args: Any, today: date) -> Days:
    """The days of the report; `today` becomes the daily report of that day."""
    if args.report != "today":
        return parse_days(today, args.since, args.until, args.last)
    if (args.since, args.until, args.last) != (None, None, None):
        raise UsageError("today is a report of one day; leave out --since, --until and --last")
    args.report = "daily"
    return Days(today, today)


def _filters(ctx: Context, args: Any, days: Days) -> Filters:
    tools = tuple(args.tool or ())
    for tool in tools:
        _known_tool(ctx, tool)
    return Filters(
        since=days.since,
        until=days.until,
        tools=tools,
        projects=tuple(args.project or ()),
        models=tuple(args.model or ()),
        window=None if args.window is None else wanted(ctx, args.window),
    )


def _known_tool(ctx: Context, tool: str) -> None:
    """Refuse a tool that has neither a feed nor usage in the book."""
    names = set(ctx.config.feed_names)
    if tool in names or "*" in tool:
        return
    names |= queries.tools(ctx.store)
    if tool not in names:
        raise UsageError(f"--tool {tool!r} is not a known tool; valid: {', '.join(sorted(names))}")
