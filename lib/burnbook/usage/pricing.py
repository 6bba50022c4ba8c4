"""The cost of agents' tokens, in integer trillionths of a dollar, so that sums are exact.

A price per million tokens with up to six decimals is an integer number of trillionths per token.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

from burnbook.config.prices import Price
from burnbook.usage.counts import NANO, Counts

PICO = 10**12
Mode = Literal["auto", "calculated", "reported"]
MODES: tuple[Mode, ...] = ("auto", "calculated", "reported")


class Usd(NamedTuple):
    """The known part of a cost, and whether it is all of it."""

    picos: int
    is_whole: bool

    @property
    def known(self) -> float:
        """The known dollars."""
        return self.picos / PICO

    @property
    def whole(self) -> float | None:
        """Dollars; None where a part is unknown."""
        return self.known if self.is_whole else None


NOTHING = Usd(0, is_whole=True)


class Pricing(NamedTuple):
    """Where cost comes from: the logs (`reported`), tokens and prices (`calculated`), or both.

    `auto` uses the reported cost where there is one. `find` returns the price of a model.
    """

    mode: Mode
    find: Callable[[str], Price | None]

    def __call__(self, model: str | None, has_usd: bool, sums: Counts) -> Usd:
        """The cost of some requests of one model; for `has_usd` see `Origin`."""
        if self.mode == "reported":
            return Usd(sums.usd_nanos * (PICO // NANO), sums.usd_requests == sums.requests)
        if self.mode == "auto" and has_usd:
            return Usd(sums.usd_nanos * (PICO // NANO), is_whole=True)
        price = self.find(model) if model is not None else None
        if price is None:
            return Usd(0, sums.total == 0)
        return Usd(_cost(sums, rates(price)), is_whole=True)


@lru_cache
def rates(price: Price) -> tuple[int, int, int, int, int]:
    """Trillionths per token: input, cache read, cache writes for 5 minutes and 1 hour, output.

    Vendors charge twice the input price for cache writes that last an hour. That is used where the
    entry has a price for cache writes but none for those.
    """
    read = price.input if price.cache_read is None else price.cache_read
    write = price.input if price.cache_write is None else price.cache_write
    hour = price.cache_write_1h
    if hour is None:
        hour = price.input if price.cache_write is None else 2 * price.input
    a, b, c, d, e = (round(p * 1_000_000) for p in (price.input, read, write, hour, price.output))
    return a, b, c, d, e


def _cost(sums: Counts, each: tuple[int, int, int, int, int]) -> int:
    new, read, write, hour, output = each
    cached = sums.cache_read * read + sums.cache_write_5m * write + sums.cache_write_1h * hour
    return sums.input * new + cached + sums.output * output
