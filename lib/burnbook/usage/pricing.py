"""The cost of agents' tokens: as the logs report it, or from tokens and prices."""

from datetime import date
from typing import Literal, NamedTuple, Protocol

from burnbook.cost.calculate import ATTO, NOTHING, Priced, Rate, Usd, calc_price
from burnbook.cost.facts import Facts, Quantities
from burnbook.cost.price_list import PriceList
from burnbook.usage.counts import NANO, Counts

__all__ = ["MODES", "NOTHING", "REPORTED", "Mode", "PricedKey", "Pricing", "Usd"]

Mode = Literal["auto", "calculated", "reported"]
MODES: tuple[Mode, ...] = ("auto", "calculated", "reported")
REPORTED = Rate((0,) * 6, source="reported by the log")


class PricedKey(Protocol):
    """What the price of some requests depends on; for `has_usd` see `Origin`."""

    @property
    def has_usd(self) -> bool: ...  # noqa: D102
    @property
    def day(self) -> date: ...  # noqa: D102
    @property
    def facts(self) -> Facts: ...  # noqa: D102


class Pricing(NamedTuple):
    """Where cost comes from: the logs (`reported`), tokens and prices (`calculated`), or both.

    `auto` uses the reported cost where there is one.
    """

    mode: Mode
    prices: PriceList

    def __call__(self, key: PricedKey, sums: Counts) -> Priced:
        """The cost of some requests with equal facts, of one UTC day."""
        if self.mode == "reported" or (self.mode == "auto" and key.has_usd):
            is_whole = self.mode == "auto" or sums.usd_requests == sums.requests
            usd = Usd(sums.usd_nanos * (ATTO // NANO), is_whole)
            return Priced(usd, (), REPORTED, None if is_whole else "a log reports no cost")
        return calc_price(key.facts, quantities(sums), key.day, self.prices)


def quantities(sums: Counts) -> Quantities:
    """What the requests used."""
    return Quantities(
        *(sums.input, sums.cache_read, sums.cache_write_5m, sums.cache_write_1h),
        *(sums.output, sums.web_searches),
    )
