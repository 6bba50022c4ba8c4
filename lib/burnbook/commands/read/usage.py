"""What agents used, by day, week, month, session, block, window, model, project or branch."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, tzinfo
from fnmatch import fnmatchcase
from typing import Any

from burnbook.base.errors import BadConfig, Missing, UsageError
from burnbook.config.prices import Lookup
from burnbook.context import Context, Result, note_damage
from burnbook.times import clock
from burnbook.usage import day_fold
from burnbook.usage import report as usage
from burnbook.usage.pricing import Pricing
from burnbook.usage.quarters import Days
from burnbook.usage.report import Ask, Key, Report
from burnbook.usage.totals import Counts
from burnbook.windows.current import wanted

Sums = Iterator[tuple[Key, Counts]]


def run(ctx: Context, args: Any) -> Result:
    """One report. Writes no row, but with `--fresh`."""
    if args.fresh:
        _read_new(ctx, args.tool)
    zone, zone_name = _zone(ctx, args.timezone)
    ask = _ask(ctx, args)
    if args.report == "blocks":
        from burnbook.usage.block_report import sums as blocks

        sums: Sums = blocks(ctx, ask, zone)
    elif args.report in usage.OF_DAYS and zone is ctx.config.zone and not ask.projects:
        sums = _of_days(ctx, args.report, ask)
    else:
        sums = _all(ctx, args.report, ask, zone)
    prices = ctx.config.prices
    by_size = args.report in usage.BY_PLACE
    found = usage.told(sums, Pricing(args.cost, Lookup(prices.prices)), by_size=by_size)
    ctx.book.save_folds()
    data = {
        "report": args.report,
        "timezone": zone_name,
        "since": ask.since,
        "until": ask.until,
        "cost": args.cost,
        "prices": {"as_of": prices.as_of, "source": prices.source},
        "rows": [_row(row, args.report) for row in found.rows],
        "totals": usage.figures(found.totals),
        "unpriced": found.unpriced,
    }
    return _shown(args, found, data, zone)


def _read_new(ctx: Context, tools: list[str] | None) -> None:
    """Book what is new in the agents' own logs; an agent that is not on this machine has none."""
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


def _shown(args: Any, found: Report, data: dict[str, Any], zone: tzinfo) -> Result:
    """The report in its format. What one format needs, no other pays for."""
    if args.format == "json":
        return Result((), data)
    from burnbook.usage import view

    if args.format == "csv":
        return Result((), data, ready=view.csv(data))
    width = view.width() if args.format == "text" else None
    return Result(view.parts(found, data, zone, width), data)


def _row(row: usage.Row, report: str) -> dict[str, Any]:
    named: dict[str, Any] = {"period": row.period, "tool": row.tool, "model": row.model}
    if report == "blocks":
        start, end, guessed = row.period
        named |= {"period": clock.iso(start), "ends_at": clock.iso(end), "guessed": guessed}
    return named | usage.figures(row)


def _of_days(ctx: Context, report: str, ask: Ask) -> Sums:
    """From the small fold of days, which has no sessions, projects and branches."""
    fold = day_fold.daily(ctx.book, ctx.config)
    fold.save()
    where, name = usage.group(report, ask), usage.BY_TIME.get(report)
    note_damage(ctx, fold.value.unreadable)
    for (ordinal, window, tool, model, has_usd), counts in fold.value.table.items():
        key = where((tool, model, None, None, None, False, window, has_usd))
        day = date.fromordinal(ordinal)
        if key is not None and ask.has_day(day):
            yield (key if name is None else key._replace(period=name(day))), counts


def _all(ctx: Context, report: str, ask: Ask, zone: tzinfo) -> Sums:
    """From every cell."""
    day_of, name = Days(zone), usage.BY_TIME.get(report)

    def when(bucket: int) -> str | None:
        day = day_of(bucket)
        if not ask.has_day(day):
            return None
        return "" if name is None else name(day)

    used = ctx.book.used
    note_damage(ctx, used.unreadable)
    for (period, key), counts in used.sums(when, usage.group(report, ask)).items():
        yield (key if name is None else key._replace(period=period)), counts


def _zone(ctx: Context, said: str | None) -> tuple[tzinfo, str]:
    if said is None:
        return ctx.config.zone, ctx.config.windows.timezone
    try:
        return clock.find_zone(said), said
    except BadConfig as error:
        raise UsageError(f"--timezone: {error}") from None


def _ask(ctx: Context, args: Any) -> Ask:
    since, until = _day("--since", args.since), _day("--until", args.until)
    if since is not None and until is not None and since > until:
        raise UsageError(f"--since {since} is after --until {until}")
    tools = tuple(args.tool or ())
    for tool in tools:
        _known_tool(ctx, tool)
    return Ask(
        since=since,
        until=until,
        tools=tools,
        projects=tuple(args.project or ()),
        models=tuple(args.model or ()),
        window=None if args.window is None else wanted(ctx, args.window),
    )


def _day(flag: str, said: str | None) -> date | None:
    try:
        return None if said is None else date.fromisoformat(said)
    except ValueError:
        raise UsageError(f"{flag} {said!r} is no date; valid: a day such as 2026-11-22") from None


def _known_tool(ctx: Context, tool: str) -> None:
    """A tool that nothing is known of is a slip; one without usage so far is not."""
    names = set(ctx.config.feed_names)
    if tool in names or "*" in tool:
        return
    names |= {place[0] for place in ctx.book.used.places}
    if tool not in names:
        raise UsageError(f"no agent's tool is called {tool!r}; valid: {', '.join(sorted(names))}")
