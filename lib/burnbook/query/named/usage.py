"""Requests, tokens and USD of agents, by day, model, project or another dimension (--by).

The figures are those of `usage`, with the same prices.
"""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Any

from burnbook.base.errors import UsageError
from burnbook.base.text import plural
from burnbook.cost.price_list import PriceList
from burnbook.engines import Columns, Engine
from burnbook.query.answer import Answer, Asked, run_file, set_params
from burnbook.query.source import Opened
from burnbook.store import queries
from burnbook.store.queries import LocalTime
from burnbook.times import clock
from burnbook.times.days import parse_days
from burnbook.usage import report as usage
from burnbook.usage.kinds import SELECT_KINDS, Group, of_rows
from burnbook.usage.pricing import Pricing
from burnbook.usage.queries import BY_TIME, Filters, text_of

BY = (*BY_TIME, *usage.BY_ORIGIN)
_CALENDAR: Columns = {
    "quarter": "integer",
    **dict.fromkeys(("day", "week", "month"), "text"),
    "hour_of_week": "integer",
    "hour": "text",
}
_SHOWN = (
    *(("period", "period"), ("requests", "requests"), ("input", "input_tokens")),
    *(("cache read", "cache_read_tokens"), ("cache write", "cache_write_tokens")),
    *(("output", "output_tokens"), ("USD", "usd_known")),
)


def run(opened: Opened, asked: Asked) -> Answer:
    """A row for each period, or for each name of the dimension, the largest first."""
    config = opened.ctx.config
    if asked.by not in BY:
        raise UsageError(f"--by {asked.by!r} is not a dimension; valid: {', '.join(BY)}")
    today = clock.to_wall(clock.now(), config.zone).date()
    filters = Filters(*parse_days(today, asked.since, asked.until, None), window=asked.window)
    pricing = Pricing(asked.cost, PriceList(config.prices))
    has_hours = pricing.prices.has_hours
    names = config.accounts.name
    sums = usage_sums(opened.engine, asked.by, filters, config.zone, has_hours, names)
    report = usage.build(sums, pricing, by_size=asked.by in usage.BY_ORIGIN, by=())
    rows = [{"period": row.period, **usage.figures(row)} for row in report.rows]
    total = usage.figures(report.totals)
    usd = f"{total['usd_known']:,.2f} USD"
    if total["usd"] is None:
        usd = f"more than {usd}"
    tokens = f"{total['total_tokens']:,} tokens, {usd}"
    columns = ["period", *total]
    return Answer(
        f"{plural(total['requests'], 'request')}, {tokens}",
        columns,
        [[row[name] for name in columns] for row in rows],
        ((asked.by, "period"), *_SHOWN[1:]),
        {"by": asked.by, "totals": total, "unpriced": report.unpriced},
    )


def usage_sums(
    engine: Engine,
    by: str | None,
    filters: Filters,
    zone: tzinfo,
    has_hours: Any,
    account_of: Any,
) -> Iterator[Group]:
    """The sums of `usage.queries.groups`, from an engine."""
    engine.add("usage")
    has_days = filters.since is not None or filters.until is not None
    quarters: Iterable[int] = ()
    if by in BY_TIME or has_days:
        select = "SELECT DISTINCT cell.quarter AS quarter FROM usage_cells AS cell"
        quarters = [quarter for (quarter,) in engine.select(select).rows]
    engine.set_table("calendar", _CALENDAR, queries.calendar_rows(quarters, LocalTime(zone)))
    models = engine.select(
        "SELECT DISTINCT o.model AS model FROM usage_origins AS o WHERE o.model IS NOT NULL"
    ).rows
    peaks = [("peak", model) for (model,) in models if has_hours(model)]
    engine.set_table("selected", {"field": "text", "name": "text"}, peaks)
    accounts: list[tuple[int, str | None]] = []
    if by == "account":
        select = "SELECT o.id AS id, o.tool AS tool, o.home AS home, o.agent AS agent"
        origins = engine.select(f"{select} FROM usage_origins AS o").rows
        accounts = [(origin, account_of(*names)) for origin, *names in origins]
    engine.set_table("accounts", {"origin": "integer", "name": "text"}, accounts)
    set_params(
        engine,
        report=("text", by),
        part=("text", None),
        since=("text", text_of(filters.since)),
        until=("text", text_of(filters.until)),
        window_id=("text", filters.window),
        all_tools=("integer", 1),
        all_projects=("integer", 1),
        all_models=("integer", 1),
    )
    kinds = engine.select(SELECT_KINDS).rows
    return of_rows(run_file(engine, "usage").rows, kinds)
