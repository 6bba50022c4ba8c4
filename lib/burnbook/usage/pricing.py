"""The cost of agents' tokens: as the logs report it, or from tokens and prices."""

from msgspec import Struct

from burnbook.cost.calculate import ATTO, NOTHING, Priced, Usd, calc_price, find_rate
from burnbook.cost.facts import Quantities
from burnbook.cost.price_list import PriceList
from burnbook.cost.pricing import MODES, NANO, Mode, reported_cost, uses_reported
from burnbook.usage.counts import Counts
from burnbook.usage.kinds import PricedKey

__all__ = ["MODES", "NOTHING", "PricedKey", "Pricing", "Usd"]


class Pricing(Struct, frozen=True):
    """Where cost comes from: the logs (`reported`), tokens and prices (`calculated`), or both.

    `auto` uses the reported cost where there is one.
    """

    mode: Mode
    prices: PriceList

    def __call__(self, key: PricedKey, sums: Counts) -> Priced:
        """The cost of some requests with equal facts, of one UTC day."""
        if uses_reported(self.mode, has_usd=key.has_usd):
            is_whole = self.mode == "auto" or sums.usd_requests == sums.requests
            return reported_cost(sums.usd_nanos, is_whole=is_whole)
        return calc_price(key.facts, quantities(sums), key.day, self.prices)

    def per_unit(self, key: PricedKey) -> tuple[int, ...] | None:
        """The price of each of `Quantities`, then of a nano-dollar that a log reports, in attos.

        None if it may be unknown. Where it is 0 for a web search, that price may be unknown too.
        """
        if uses_reported(self.mode, has_usd=key.has_usd):
            return (0, 0, 0, 0, 0, 0, ATTO // NANO) if self.mode == "auto" else None
        rate = find_rate(key.facts, key.day, self.prices)
        return None if rate.reason else (*rate.attos, 0)


def quantities(sums: Counts) -> Quantities:
    """What the requests used."""
    return Quantities(
        *(sums.input, sums.cache_read, sums.cache_write_5m, sums.cache_write_1h),
        *(sums.output, sums.web_searches),
    )
