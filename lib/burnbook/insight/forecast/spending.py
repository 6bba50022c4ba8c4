"""What the requests of each account used, at list prices of their days, by quarter-hour.

A request counts for the provider whose meters it uses: one to GLM through a proxy does not count
for the account of Claude Code that sent it. The account is that of readings from the same folder.
"""

from datetime import datetime

from msgspec import Struct

from burnbook.context import Context
from burnbook.cost.calculate import ATTO
from burnbook.cost.meter_provider import meter_provider
from burnbook.cost.price_list import PriceList
from burnbook.insight.forecast.method.history import moment
from burnbook.usage import queries
from burnbook.usage.kinds import Key, utc_day
from burnbook.usage.pricing import Pricing
from burnbook.usage.report import new_tokens
from burnbook.windows.accounts.evidence import Evidences
from burnbook.windows.vendor_meters_store import Source

Account = tuple[str, str]
"""Provider and name."""


class Spent(Struct):
    """The spending of one account; `unpriced` are models without a price.

    With such a model, tokens count instead: input without cache, cache writes and output.
    """

    usd: dict[int, float]
    tokens: dict[int, float]
    unpriced: set[str]

    @property
    def by_quarter(self) -> dict[int, float]:
        """The spending, in a unit that depends on what is known."""
        return self.tokens if self.unpriced else self.usd


def spent(ctx: Context, evidences: Evidences, now: datetime) -> dict[Account, Spent]:
    """Returns the spending of every account up to a moment."""
    pricing = Pricing("calculated", PriceList(ctx.config.prices))
    result: dict[Account, Spent] = {}
    for row in queries.by_quarter(ctx.store, queries.Filters(), ctx.config.accounts.name):
        at = moment(row.quarter)
        if at > now:
            continue
        provider = meter_provider(row.tool, row.model, row.facts.served_by)
        if provider is None:
            continue
        name = evidences.identities(provider).of_reading(Source(row.home, row.agent), at)
        if name is None:
            continue
        own = result.setdefault((provider, name), Spent({}, {}, set()))
        key = Key(None, row.tool, row.model, row.has_usd, row.facts, utc_day(row.quarter))
        priced = pricing(key, row.sums)
        if priced.reason is not None:
            own.unpriced.add(row.model or "a model without a name")
        own.usd[row.quarter] = own.usd.get(row.quarter, 0.0) + priced.usd.attos / ATTO
        own.tokens[row.quarter] = own.tokens.get(row.quarter, 0.0) + new_tokens(row.sums)
    return result
