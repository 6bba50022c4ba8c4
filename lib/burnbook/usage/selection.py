"""Which usage a report is about: its time zone, its days, and the requests in it."""

from datetime import date, tzinfo
from typing import Any

from msgspec import Struct

from burnbook.base.errors import BadConfig, UsageError
from burnbook.base.files import without_home
from burnbook.config.loader import Config
from burnbook.store.store import Store
from burnbook.times import clock
from burnbook.times.days import Days, parse_days
from burnbook.usage import queries
from burnbook.usage.queries import Filters


class Selection(Struct, frozen=True):
    """The report's kind, its zone and the zone's name, the day it is there, and its filters."""

    report: str
    zone: tzinfo
    zone_name: str
    today: date
    filters: Filters


def selection(config: Config, store: Store, args: Any, window: str | None) -> Selection:
    """Returns what the flags of `usage` select, in a window or in all. Raises UsageError."""
    zone, zone_name = _zone(config, args.timezone)
    today = clock.to_wall(clock.now(), zone).date()
    days = _days(args, today)
    for tool in args.tool or ():
        _check_tool(config, store, tool)
    filters = Filters(
        *days,
        tools=tuple(args.tool or ()),
        projects=tuple(map(without_home, args.project or ())),
        models=tuple(args.model or ()),
        window=window,
    )
    report = "daily" if args.report == "today" else args.report
    return Selection(report, zone, zone_name, today, filters)


def _zone(config: Config, name: str | None) -> tuple[tzinfo, str]:
    if name is None:
        return config.zone, config.windows.timezone
    try:
        return clock.find_zone(name), name
    except BadConfig as error:
        raise UsageError(f"--timezone: {error}") from None


def _days(args: Any, today: date) -> Days:
    """The days of the report; `today` is the daily report of that day."""
    if args.report != "today":
        return parse_days(today, args.since, args.until, args.last)
    if (args.since, args.until, args.last) != (None, None, None):
        raise UsageError("today is a report of one day; leave out --since, --until and --last")
    return Days(today, today)


def _check_tool(config: Config, store: Store, tool: str) -> None:
    """Refuse a tool that has neither a feed nor usage in the book."""
    names = set(config.feed_names)
    if tool in names or "*" in tool:
        return
    names |= queries.tools(store)
    if tool not in names:
        raise UsageError(f"--tool {tool!r} is not a known tool; valid: {', '.join(sorted(names))}")
