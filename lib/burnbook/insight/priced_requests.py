"""The requests that count, with their origin, and what the price of each depends on."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from burnbook.cost.price_list import PriceList
from burnbook.insight.counted_requests import counted_requests
from burnbook.rows.usage import AgentUsage
from burnbook.store import membership
from burnbook.store.queries import QUARTER
from burnbook.usage.counts import Origin, origin
from burnbook.usage.kinds import Kind
from burnbook.usage.projection import USAGE
from burnbook.usage.tables.schema import NAME

if TYPE_CHECKING:
    from burnbook.context import Context

_DAY = 96  # quarter-hours


def requests_with_origin(
    ctx: "Context", began: datetime, ended: datetime
) -> Iterator[tuple[AgentUsage, Origin]]:
    """Yields each request between two moments with its origin, in the order of the journal."""
    windows = membership.load(ctx.store.view(USAGE), NAME)
    for row in counted_requests(ctx, began, ended):
        yield row, origin(row, row, windows)


def kind_of(row: AgentUsage, where: Origin, prices: PriceList) -> Kind:
    """What the price of a request depends on; of some models, that is also the time of day."""
    facts = where.facts()
    if row.model is not None and prices.has_hours(row.model):
        facts = replace(facts, quarter=int(row.ts.timestamp()) // QUARTER % _DAY)
    return Kind(row.tool, row.model, where.has_usd, facts, row.ts.date())
