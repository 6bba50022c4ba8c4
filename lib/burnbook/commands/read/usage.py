"""Agents' usage by day, week, month, session, block, window, tool, model and more."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from burnbook.base.errors import UsageError
from burnbook.context import Context, Result, note_damage, own
from burnbook.cost.price_list import PriceList
from burnbook.cost.pricing import USD_KIND
from burnbook.times import clock
from burnbook.usage import queries
from burnbook.usage import report as usage
from burnbook.usage.kinds import Group, in_order, of_keys
from burnbook.usage.pricing import Pricing
from burnbook.usage.report import TOOL_AND_MODEL, Report
from burnbook.usage.selection import Selection, selection
from burnbook.view.parts import Lazy, Line

if TYPE_CHECKING:
    from burnbook.usage.layout.explain import Explained

_SPENDING = ("toolcall", "mcp", "skill", "subagent", "cache", "outliers")
_MOST_ROWS = 100  # on a terminal
# What splits a period in text, where no --by does: blocks and sessions are those of one tool.
_SPLIT = {"blocks": ("tool",), "session": ("tool",)}


def run(ctx: Context, args: Any) -> Result:
    """One report. Writes no row, except if it offers to read logs and the answer is yes."""
    if args.fresh:
        raise UsageError("--fresh is gone, because reports write nothing; run ./just ingest first")
    if args.report in _SPENDING or args.by == "session":
        from burnbook.commands.insight import spending

        return spending.run(ctx, args)
    result = _report(ctx, args)
    if result is not None:
        return result
    from burnbook.agent_logs.ingest import offer

    read = offer.offer(own(ctx)) if args.format == "text" else None
    if read is None:
        message = f"{args.report}: no usage in the book; {offer.hint(ctx)}"
        return Result([Line(message, strong=True)], None)
    result = _report(ctx, args)
    none = Line(f"{args.report}: these logs have no usage", strong=True)
    parts = [none] if result is None else result.parts
    return Result([*read.parts, Line(""), *parts], None, read.code)


def _report(ctx: Context, args: Any) -> Result | None:
    """The report; None for people if the book has no usage at all."""
    window = args.window
    if window is not None:
        from burnbook.windows.current import wanted

        window = wanted(ctx, window)
    selected = selection(ctx.config, ctx.store, args, window)
    by = _by(args, selected.report)
    pricing = Pricing(args.cost, PriceList(ctx.config.prices))
    groups = _groups(ctx, selected, pricing, by)
    if args.explain:
        groups = list(groups) if selected.report == "blocks" else in_order(groups)
    report = usage.build(groups, pricing, by_size=selected.report in usage.BY_ORIGIN, by=by)
    explained, amounts = None, []
    if args.explain:
        from burnbook.usage.layout import explain

        explained = explain.explanations(groups, pricing)
    if selected.report == "account":
        from burnbook.windows.accounts.amounts import newest_amounts

        amounts = [asdict(each) for each in newest_amounts(ctx)]
    note_damage(ctx)
    if not report.rows and args.format in ("text", "markdown") and not queries.tools(ctx.store):
        return None
    filters, prices = selected.filters, ctx.config.prices
    data = {
        **{"report": selected.report, "by": by, "timezone": selected.zone_name},
        **{"since": filters.since, "until": filters.until},
        **{"cost": args.cost, "usd_kind": USD_KIND[args.cost]},
        "prices": {"as_of": prices.as_of, "source": prices.source},
        "rows": Lazy(lambda: _rows(report, selected.report, explained), len(report.rows)),
        "totals": usage.figures(report.totals),
        "accounts": ctx.config.accounts.declared if selected.report == "account" else {},
        "amounts": amounts,
        "unpriced": report.unpriced,
        "reasons": [{"model": name, "reason": why} for name, why in report.reasons.items()],
    }
    return _shown(args, report, data, selected, explained)


def _by(args: Any, report: str) -> Sequence[str]:
    """What splits each period: in text nothing, for machines tool and model."""
    if args.by is not None:
        if args.explain:
            raise UsageError("--explain is about each tool and model; leave out --by")
        return (args.by,)
    if args.explain or args.format in ("json", "csv"):
        return TOOL_AND_MODEL
    return _SPLIT.get(report, ())


def _groups(ctx: Context, asked: Selection, pricing: Pricing, by: Sequence[str]) -> Iterable[Group]:
    part = next((name for name in by if name not in TOOL_AND_MODEL), None)
    filters, zone = asked.filters, asked.zone
    if asked.report == "blocks":
        from burnbook.usage import block_report
        from burnbook.windows.accounts.pools import BlockPools

        pools = BlockPools(ctx, queries.homes(ctx.store))
        return of_keys(block_report.sums(ctx, filters, zone, pools, part))
    has_hours, account_of = pricing.prices.has_hours, ctx.config.accounts.name
    return queries.groups(ctx.store, asked.report, filters, zone, has_hours, account_of, part)


def _shown(
    args: Any,
    report: Report,
    data: dict[str, Any],
    selected: Selection,
    explained: "Explained | None",
) -> Result:
    """The report in its format."""
    if args.format == "json":
        return Result((), data)
    from burnbook.usage.layout import table

    if args.format == "csv":
        return Result((), data, ready=table.csv(data))
    if not report.rows:
        message = f"{selected.report}: no usage matches; run ./just ingest to read what is new"
        return Result([Line(message, strong=True)], data)
    count = len(report.rows)
    if selected.report in usage.BY_ORIGIN and sys.stdout.isatty() and not args.all:
        report = replace(report, rows=report.rows.first(_MOST_ROWS))
    parts = table.parts(report, data, selected.zone, selected.today, count - len(report.rows))
    if explained is not None:
        from burnbook.usage.layout import explain

        parts += explain.parts(report, selected.report, selected.zone, explained)
    return Result(parts, data)


def _rows(report: Report, name: str, explained: "Explained | None") -> Iterator[dict[str, Any]]:
    for figures in report.rows.figures(report.by):
        period = figures["period"]
        if name == "blocks":
            start, end, guessed, account = period
            figures |= {"period": clock.iso(start), "ends_at": clock.iso(end), "guessed": guessed}
            figures["account"] = account or None
        if explained is not None:
            from burnbook.usage.layout import explain

            of_row = explained[period, figures["tool"], figures["model"]]
            figures["explained"] = [*map(explain.figures, of_row)]
        yield figures
