"""Who used how many tokens on which day and in which hour of the week: all that can be filtered.

The cards and the charts of usage all come from these rows, so no two of them can disagree.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from burnbook.context import Context
from burnbook.cost.calculate import NOTHING, Usd
from burnbook.cost.price_list import PriceList
from burnbook.report import usage_queries
from burnbook.report.period import Period
from burnbook.usage.counts import Counts
from burnbook.usage.pricing import Pricing

DIMENSIONS = ("tool", "model", "agent", "project", "account")
KINDS = {"usage_days": "days", "usage_hours": "hours"}
"""The datasets of charts that are in these rows; the page's filter applies to them."""
OTHER = "other"
_UNKNOWN = "unknown"
_MOST_ROWS = 20_000
_NAMES = (10, 8, 5, 3, 1)
"""How many names of a dimension are kept: the first number with which the rows fit."""

Names = tuple[str, ...]


class Day(NamedTuple):
    """The usage of one day by one combination of names. `is_whole`: every request has a price."""

    day: str
    names: Names
    counts: Counts
    usd: Usd


class Hour(NamedTuple):
    """The usage of one hour of the week (0 is Monday from 00:00) by one combination of names."""

    hour: int
    names: Names
    requests: int
    tokens: int


class UsageFacts(NamedTuple):
    """Rows by day and by hour. `folded`: by dimension, the number of names shown as `other`."""

    days: Sequence[Day]
    hours: Sequence[Hour]
    folded: dict[str, int]


def usage_facts(ctx: Context, period: Period) -> UsageFacts:
    """The usage of a period."""
    pricing = Pricing("auto", PriceList(ctx.config.prices))
    accounts = ctx.config.accounts.name
    by_day: dict[tuple[str, Names], tuple[Counts, Usd]] = {}
    for day, names, key, counts in usage_queries.days(
        ctx.store, period.filters, period.zone, pricing.prices.has_hours, accounts
    ):
        at = (day, _plain(names))
        sums, usd = by_day.get(at) or (Counts(), NOTHING)
        sums.add(counts)
        by_day[at] = sums, usd.plus(pricing(key, counts).usd)
    hours = [
        Hour(hour, _plain(names), requests, tokens)
        for hour, names, requests, tokens in usage_queries.hours(
            ctx.store, period.filters, period.zone, accounts
        )
    ]
    return _folded([Day(*at, *sums) for at, sums in sorted(by_day.items())], hours)


def _plain(names: Iterable[str | None]) -> Names:
    return tuple(name or _UNKNOWN for name in names)


def _folded(days: Sequence[Day], hours: Sequence[Hour]) -> UsageFacts:
    """The rows with the largest names of each dimension; the others are added as `other`."""
    sizes: list[Counter[str]] = [Counter() for _ in DIMENSIONS]
    for day in days:
        for size, name in zip(sizes, day.names, strict=True):
            size[name] += day.counts.total
    for most in _NAMES:
        kept = [_largest(size, most) for size in sizes]
        rows = _added_days(days, lambda names, kept=kept: _fold(names, kept))  # type: ignore[misc]
        if len(rows) <= _MOST_ROWS:
            break
    folded = {
        dimension: len(size) - len(names)
        for dimension, size, names in zip(DIMENSIONS, sizes, kept, strict=True)
        if len(size) > len(names)
    }
    return UsageFacts(rows, _added_hours(hours, lambda names: _fold(names, kept)), folded)


def _largest(size: Counter[str], most: int) -> set[str]:
    """The names with the most tokens; with equal ones, the first by the alphabet."""
    return set(sorted(size, key=lambda name: (-size[name], name))[:most])


def _fold(names: Names, kept: Sequence[set[str]]) -> Names:
    pairs = zip(names, kept, strict=True)
    return tuple(name if name in largest else OTHER for name, largest in pairs)


def _added_days(days: Sequence[Day], fold: Callable[[Names], Names]) -> list[Day]:
    rows: dict[tuple[str, Names], Day] = {}
    for day in days:
        at = (day.day, fold(day.names))
        row = rows.get(at) or Day(*at, Counts(), NOTHING)
        row.counts.add(day.counts)
        rows[at] = row._replace(usd=row.usd.plus(day.usd))
    return [rows[at] for at in sorted(rows)]


def _added_hours(hours: Sequence[Hour], fold: Callable[[Names], Names]) -> list[Hour]:
    rows: dict[tuple[int, Names], Hour] = {}
    for hour in hours:
        at = (hour.hour, fold(hour.names))
        row = rows.get(at) or Hour(*at, 0, 0)
        requests, tokens = row.requests + hour.requests, row.tokens + hour.tokens
        rows[at] = row._replace(requests=requests, tokens=tokens)
    return [rows[at] for at in sorted(rows)]


def as_json(facts: UsageFacts) -> dict[str, Any]:
    """Each combination of names once (`series`), and the rows as columns: small in a page."""
    ids = {names: n for n, names in enumerate(sorted({row.names for row in facts.days}))}
    days, hours = facts.days, [row for row in facts.hours if row.names in ids]
    return {
        "dimensions": DIMENSIONS,
        "names": {name: _ordered(days, n) for n, name in enumerate(DIMENSIONS)},
        "series": [*ids],
        "days": {
            "day": [row.day for row in days],
            "series": [ids[row.names] for row in days],
            "requests": [row.counts.requests for row in days],
            "input": [row.counts.input for row in days],
            "cache_read": [row.counts.cache_read for row in days],
            "cache_write": [row.counts.cache_write_5m + row.counts.cache_write_1h for row in days],
            "output": [row.counts.output for row in days],
            "tokens": [row.counts.total for row in days],
            "usd": [row.usd.known for row in days],
            "unpriced": [int(not row.usd.is_whole) for row in days],
        },
        "hours": {
            "hour": [row.hour for row in hours],
            "series": [ids[row.names] for row in hours],
            "requests": [row.requests for row in hours],
            "tokens": [row.tokens for row in hours],
        },
        "folded": facts.folded,
    }


def _ordered(days: Sequence[Day], dimension: int) -> list[str]:
    """The names of a dimension, those with the most tokens first, `other` last."""
    sizes: Counter[str] = Counter()
    for day in days:
        sizes[day.names[dimension]] += day.counts.total
    return sorted(sizes, key=lambda name: (name == OTHER, -sizes[name], name))


def rows(table: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The rows of `days` or `hours` of `as_json`, one object each, as charts read them."""
    columns = table[kind]
    result = []
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        names = table["series"][row.pop("series")]
        result.append(row | dict(zip(table["dimensions"], names, strict=True)))
    return result
