"""What agents' tokens cost, in whole trillionths of a dollar: they add up in any order.

A price of up to six decimals a million tokens is a whole number of them a token.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

from burnbook.config.prices import Price
from burnbook.usage.totals import NANO, Counts

PICO = 10**12
Mode = Literal["auto", "calculated", "reported"]
MODES: tuple[Mode, ...] = ("auto", "calculated", "reported")


class Usd(NamedTuple):
    """What is known of a cost, and whether that is all of it."""

    picos: int
    is_whole: bool

    @property
    def known(self) -> float:
        """Dollars, as far as they are known."""
        return self.picos / PICO

    @property
    def whole(self) -> float | None:
        """Dollars; None where something is not known."""
        return self.known if self.is_whole else None


NOTHING = Usd(0, is_whole=True)


class Pricing(NamedTuple):
    """How cost is told: as the logs did, from tokens and prices, or the one where the other lacks.

    `find` gives the price of a model, as pricespec.Lookup does.
    """

    mode: Mode
    find: Callable[[str], Price | None]

    def __call__(self, model: str | None, has_usd: bool, sums: Counts) -> Usd:
        """The cost of some requests of one model; `has_usd` as their cell says."""
        if self.mode == "reported":
            return Usd(sums.usd_nanos * (PICO // NANO), sums.told == sums.requests)
        if self.mode == "auto" and has_usd:
            return Usd(sums.usd_nanos * (PICO // NANO), is_whole=True)
        price = self.find(model) if model is not None else None
        if price is None:
            return Usd(0, sums.total == 0)
        return Usd(_cost(sums, rates(price)), is_whole=True)


@lru_cache
def rates(price: Price) -> tuple[int, int, int, int, int]:
    """Trillionths a token: input, cache read, cache write of 5 minutes and of 1 hour, output.

    Vendors who let write for an hour ask twice the input's price for it, so that is what such
    tokens cost where the entry has a price for writes, but none for those.
    """
    read = price.input if price.cache_read is None else price.cache_read
    write = price.input if price.cache_write is None else price.cache_write
    hour = price.cache_write_1h
    if hour is None:
        hour = price.input if price.cache_write is None else 2 * price.input
    a, b, c, d, e = (round(p * 1_000_000) for p in (price.input, read, write, hour, price.output))
    return a, b, c, d, e


def _cost(sums: Counts, each: tuple[int, int, int, int, int]) -> int:
    sent, read, write, hour, made = each
    cached = sums.cache_read * read + sums.cache_write_5m * write + sums.cache_write_1h * hour
    return sums.input * sent + cached + sums.output * made
