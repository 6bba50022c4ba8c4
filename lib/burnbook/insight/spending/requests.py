"""The requests that a report is about, each with its price, and the order of a conversation."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from burnbook.cost.calculate import Rate, Usd, find_rate
from burnbook.insight.priced_requests import kind_of, requests_with_origin
from burnbook.rows.usage import AgentUsage
from burnbook.times import clock
from burnbook.usage.counts import Origin, counts, prompt_tokens
from burnbook.usage.pricing import Pricing
from burnbook.usage.tables.relations import Filters

if TYPE_CHECKING:
    from burnbook.context import Context

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)

Kinds = tuple[int, int, int, int, int]
"""Input without cache, cache read, cache writes of 5 minutes and 1 hour, output."""


class Spent(NamedTuple):
    """A request, its cost, and the price of each of its tokens."""

    row: AgentUsage
    usd: Usd
    rate: Rate

    @property
    def kinds(self) -> Kinds:
        """Its tokens by kind."""
        row = self.row
        writes = (row.cache_write_5m_tokens, row.cache_write_1h_tokens)
        return (row.input_tokens, row.cache_read_tokens, *writes, row.output_tokens)

    @property
    def prompt(self) -> int:
        """Everything that it sent."""
        return prompt_tokens(self.row)


def spent_requests(
    ctx: "Context", filters: Filters, zone: tzinfo, pricing: Pricing
) -> Iterator[Spent]:
    """Yields the requests that a report is about; days are those of a zone."""
    # Days of any zone are within a day of those of UTC.
    began, ended = _FIRST, _LAST
    if filters.since is not None:
        began = datetime(*filters.since.timetuple()[:3], tzinfo=UTC) - timedelta(1)
    if filters.until is not None:
        ended = datetime(*filters.until.timetuple()[:3], tzinfo=UTC) + timedelta(2)
    for row, where in requests_with_origin(ctx, began, ended):
        day = clock.to_wall(row.ts, zone).date()
        if filters.has_day(day) and filters.has_origin(where):
            yield _priced(row, where, pricing)


def _priced(row: AgentUsage, where: Origin, pricing: Pricing) -> Spent:
    kind = kind_of(row, where, pricing.prices)
    rate = find_rate(kind.facts, kind.day, pricing.prices)
    return Spent(row, pricing(kind, counts(row)).usd, rate)


def in_sequence(
    requests: Iterable[Spent], *, of_model: bool = False
) -> Iterator[tuple[Spent, Spent]]:
    """Yields each request of a conversation with the one after it, or with that of its model.

    Subagents may run side by side under one session, so that which of their requests follow each
    other is not known. They are left out.
    """
    sessions: dict[tuple[str | None, ...], list[Spent]] = {}
    for spent in requests:
        row = spent.row
        if row.session is not None and not row.is_subagent:
            model = row.model if of_model else None
            sessions.setdefault((row.tool, row.session, model), []).append(spent)
    for own in sessions.values():
        own.sort(key=lambda spent: (spent.row.ts, spent.row.id))
        yield from pairwise(own)
