"""The requests of one side: counts that add up in any order, and the figures of them."""

from collections.abc import Mapping
from typing import NamedTuple

from burnbook.base.stats import percentile
from burnbook.cost.comparison import Latency, Side
from burnbook.cost.spend import NOTHING, Amounts, Find, added, known_cost
from burnbook.cost.sums import Sums


class PriceKey(NamedTuple):
    """What the price of a request depends on: its model, its UTC day, and its prompt's tokens.

    `prompt_tokens` is exact for a large prompt, and 0 for one that no price treats as large.
    """

    model: str | None
    day: str
    prompt_tokens: int


class Tally:
    """Counts of one side; memory grows with its price keys and distinct latencies only."""

    __slots__ = ("errors", "latencies", "spent", "sums")

    def __init__(self) -> None:
        self.errors = 0
        self.sums = Sums()
        self.spent: dict[PriceKey, Amounts] = {}
        self.latencies: dict[float, int] = {}

    @property
    def requests(self) -> int:
        """How many requests there are."""
        return self.sums.requests

    @property
    def untold(self) -> int:
        """How many requests have a cost that is not known: they do not report their tokens."""
        return self.sums.unknown

    @property
    def amounts(self) -> dict[str | None, Amounts]:
        """The tokens by model."""
        amounts: dict[str | None, Amounts] = {}
        for key, spent in self.spent.items():
            before = amounts.get(key.model)
            amounts[key.model] = added((before, spent)) if before else spent
        return amounts

    def add(self, key: PriceKey, sums: Sums, *, ok: bool) -> None:
        """Add requests of one price that are all healthy (`ok`), or all failed."""
        self.sums.add(sums)
        self.errors += 0 if ok else sums.requests
        self._spend(key, sums.spent)

    def add_latencies(self, latencies: Mapping[float, int]) -> None:
        """Add the latencies of the same requests: how many took so many ms."""
        for latency, count in latencies.items():
            self.latencies[latency] = self.latencies.get(latency, 0) + count

    def merge(self, other: "Tally") -> None:
        """Add everything that another tally counted."""
        self.sums.add(other.sums)
        self.errors += other.errors
        self.add_latencies(other.latencies)
        for key, amounts in other.spent.items():
            self._spend(key, amounts)

    def without(self, other: "Tally") -> "Tally":
        """What remains of the tokens without those of another tally, which is a part of this one.

        Only what the cost is calculated from: `spent` and how many requests are unknown.
        """
        rest = Tally()
        rest.sums.unknown = self.untold - other.untold
        for key, amounts in self.spent.items():
            less = other.spent.get(key, NOTHING)
            a, b, c, d = (total - part for total, part in zip(amounts, less, strict=True))
            rest.spent[key] = a, b, c, d
        return rest

    def side(self, find: Find) -> Side:
        """The figures, with the cost of the tokens."""
        cost, unpriced = known_cost(self.amounts, find)
        complete = not self.untold and not unpriced
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
            untold=self.untold,
            errors=self.errors,
            error_percent=100 * self.errors / self.requests if self.requests else None,
            latency_ms=Latency(percentile(self.latencies, 0.5), percentile(self.latencies, 0.95)),
            usd=float(cost) if complete else None,
            usd_known=float(cost),
        )

    def _spend(self, key: PriceKey, amounts: Amounts) -> None:
        before = self.spent.get(key)
        self.spent[key] = added((before, amounts)) if before else amounts
