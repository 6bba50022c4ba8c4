"""What a request costs: a pure function of its facts, what it used, its day and the price lists.

Amounts are integers of 10**-18 USD. A price per million tokens with up to nine decimals, times
multipliers of up to three, is such an integer per token, so sums are exact in any order.
"""

from datetime import date
from operator import mul

from msgspec import Struct
from msgspec.structs import replace

from burnbook.cost.facts import Facts, Quantities
from burnbook.cost.price_list import PriceList
from burnbook.cost.rates import ATTO, Rate, find_rate

__all__ = ["ATTO", "NOTHING", "Priced", "Rate", "Usd", "calc_price", "find_rate", "price_at"]


class Usd(Struct, frozen=True):
    """The known part of a cost, and whether it is all of it."""

    attos: int
    is_whole: bool

    @property
    def known(self) -> float:
        """The known dollars."""
        return self.attos / ATTO

    @property
    def whole(self) -> float | None:
        """Dollars; None where a part is unknown."""
        return self.known if self.is_whole else None

    def plus(self, other: "Usd") -> "Usd":
        """Returns the sum: complete where both are."""
        return Usd(self.attos + other.attos, self.is_whole and other.is_whole)


NOTHING = Usd(0, is_whole=True)


class Priced(Struct, frozen=True):
    """The cost of some requests: in all, by kind (in the order of `Quantities`), and its rate."""

    usd: Usd
    parts: tuple[int, ...]
    rate: Rate
    reason: str | None


def calc_price(facts: Facts, quantities: Quantities, day: date, prices: PriceList) -> Priced:
    """Returns what requests with these facts cost on a UTC day. Linear in `quantities`."""
    if facts.quarter is not None and not (facts.model and prices.has_hours(facts.model)):
        facts = replace(facts, quarter=None)  # fewer rates to remember
    return price_at(find_rate(facts, day, prices), quantities)


def price_at(rate: Rate, quantities: Quantities) -> Priced:
    """Returns what these quantities cost at a rate. Nothing used costs nothing."""
    parts = tuple(map(mul, quantities, rate.attos))
    reason = rate.reason
    if reason is None and quantities.web_searches and rate.listed[-1] is None:
        reason = "no price for web searches"
    if reason is not None and not any(quantities):
        reason = None
    return Priced(Usd(sum(parts), reason is None), parts, rate, reason)
