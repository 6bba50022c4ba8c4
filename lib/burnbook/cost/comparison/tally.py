"""The requests of one side: counts that add up in any order, and the figures of them."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from burnbook.base.stats import percentile
from burnbook.cost.calculate import ATTO, NOTHING, Priced, calc_price
from burnbook.cost.comparison.figures import Latency, Side
from burnbook.cost.comparison.sums import Sums
from burnbook.cost.facts import Facts
from burnbook.cost.price_list import PriceList
from burnbook.cost.pricing import NANO, Mode, reported_cost, uses_reported


class PriceKey(NamedTuple):
    """What the price of a request depends on: its model, its UTC day, and its prompt's tokens.

    `prompt_tokens` is a size of the same class (see `size_class`). `has_usd`: the proxy reports a
    cost other than 0. `ok`: the requests are healthy; failed ones replace no baseline work. `facts`
    is what else an agent's log has that the price depends on.
    """

    model: str | None
    day: str
    prompt_tokens: int
    has_usd: bool
    ok: bool
    facts: Facts | None = None


class Pricing(NamedTuple):
    """Prices, and where a cost comes from: see `usage.pricing.Pricing`."""

    mode: Mode
    prices: PriceList

    def __call__(self, key: PriceKey, sums: Sums) -> Priced:
        """The cost of requests with one key, as far as it is known."""
        if uses_reported(self.mode, has_usd=key.has_usd):
            # A failed request that reports nothing used nothing.
            is_used = sums.unknown or any(sums.quantities)
            is_whole = key.has_usd or sums.usd_requests == sums.requests or not is_used
            return reported_cost(sums.usd_nanos, is_whole=is_whole)
        facts = key.facts or Facts(key.model, prompt_tokens=key.prompt_tokens)
        return self._calculated(facts, key.day, sums)

    def calculated(self, model: str | None, key: PriceKey, sums: Sums) -> Priced:
        """The cost of the known tokens on another model, at the prices of the requests' time."""
        quarter = key.facts.quarter if key.facts else None
        facts = Facts(model, prompt_tokens=key.prompt_tokens, quarter=quarter)
        return self._calculated(facts, key.day, sums)

    def _calculated(self, facts: Facts, day: str, sums: Sums) -> Priced:
        return calc_price(facts, sums.quantities, date.fromisoformat(day), self.prices)

    def untold(self, key: PriceKey, sums: Sums) -> int:
        """How many of the requests have an unknown cost, because they do not report tokens."""
        return 0 if uses_reported(self.mode, has_usd=key.has_usd) else sums.unknown


class Tally:
    """Counts of one side; memory grows with its price keys and distinct latencies only."""

    __slots__ = ("cells", "errors", "latencies", "sums")

    def __init__(self) -> None:
        self.errors = 0
        self.sums = Sums()
        self.cells: dict[PriceKey, Sums] = {}
        self.latencies: dict[float, int] = {}

    @property
    def requests(self) -> int:
        """How many requests there are."""
        return self.sums.requests

    @property
    def mix(self) -> dict[str | None, int]:
        """The input and output tokens by model."""
        mix: dict[str | None, int] = {}
        for key, sums in self.cells.items():
            mix[key.model] = mix.get(key.model, 0) + sums.spent_input + sums.spent_output
        return mix

    def add(self, key: PriceKey, sums: Sums) -> None:
        """Add requests of one price that are all healthy, or all failed."""
        self.sums.add(sums)
        self.errors += 0 if key.ok else sums.requests
        self.cells.setdefault(key, Sums()).add(sums)

    def add_latencies(self, latencies: Mapping[float, int]) -> None:
        """Add the latencies of the same requests: how many took so many ms."""
        for latency, count in latencies.items():
            self.latencies[latency] = self.latencies.get(latency, 0) + count

    def merge(self, other: "Tally") -> None:
        """Add everything that another tally counted."""
        self.sums.add(other.sums)
        self.errors += other.errors
        self.add_latencies(other.latencies)
        for key, sums in other.cells.items():
            self.cells.setdefault(key, Sums()).add(sums)

    def without(self, other: "Tally") -> "Tally":
        """What the cost is calculated from, without that of another tally, a part of this one."""
        rest = Tally()
        none = Sums()
        rest.cells = {k: sums.without(other.cells.get(k, none)) for k, sums in self.cells.items()}
        return rest

    def side(self, pricing: Pricing) -> Side:
        """The figures, with the cost of the tokens."""
        usd, untold = NOTHING, 0
        for key, sums in self.cells.items():
            usd = usd.plus(pricing(key, sums).usd)
            untold += pricing.untold(key, sums)
        known = [tokens for tokens in self.sums.tokens[:2] if tokens is not None]
        # A side without requests used nothing: that is known, and not null.
        sent, received, cached, written = self.sums.tokens if self.requests else (0, 0, 0, 0)
        return Side(
            requests=self.requests,
            input_tokens=sent,
            output_tokens=received,
            cached_input_tokens=cached,
            cache_write_tokens=written,
            tokens=sum(known) if known or not self.requests else None,
            untold=untold,
            errors=self.errors,
            error_percent=100 * self.errors / self.requests if self.requests else None,
            latency_ms=Latency(percentile(self.latencies, 0.5), percentile(self.latencies, 0.95)),
            usd=None if untold else usd.whole,
            usd_known=usd.attos / ATTO,
            usd_reported=self.sums.usd_nanos / NANO,
            usd_requests=self.sums.usd_requests,
        )
