"""What the requests of one side came to: counts that add up in any order, and their figures."""

from typing import NamedTuple

from burnbook.base.stats import percentile
from burnbook.cost.comparison import Latency, Side
from burnbook.cost.spend import Amounts, Find, added, known_cost


class Request(NamedTuple):
    """What counts of one request; null is what was not told."""

    routed: bool
    ok: bool
    model: str | None
    input_tokens: int | None
    output_tokens: int | None
    cached_input_tokens: int | None
    cache_write_tokens: int | None
    latency_ms: float | None


class Tally:
    """Counts of one side; memory grows with its models and distinct latencies only."""

    __slots__ = ("amounts", "errors", "latencies", "requests", "sums", "untold")

    def __init__(self) -> None:
        self.requests = self.errors = self.untold = 0
        self.sums: tuple[int | None, ...] = (None, None, None, None)
        self.amounts: dict[str | None, Amounts] = {}
        self.latencies: dict[float, int] = {}

    def add(self, one: Request) -> None:
        """Take one request in.

        A failed request that tells no tokens used none. A healthy one cannot have used none, so
        there 0 and 0 mean that nobody counted (an answer that was streamed).
        """
        _, ok, model, sent, made, cached, written, latency = one
        self._count(1, not ok, 0, (sent, made, cached, written))
        if latency is not None:
            self.latencies[latency] = self.latencies.get(latency, 0) + 1
        if sent is None and made is None and not ok:
            return
        uncounted = ok and not sent and not made
        impossible = (cached or 0) + (written or 0) > (sent or 0)
        if sent is None or made is None or uncounted or impossible:
            self.untold += 1
        else:
            self._spend(model, (sent, made, cached or 0, written or 0))

    def merge(self, other: "Tally") -> None:
        """Take everything in that another tally counted."""
        self._count(other.requests, other.errors, other.untold, other.sums)
        for latency, count in other.latencies.items():
            self.latencies[latency] = self.latencies.get(latency, 0) + count
        for model, amounts in other.amounts.items():
            self._spend(model, amounts)

    def side(self, find: Find) -> Side:
        """The figures, with what the tokens cost."""
        known, unpriced = known_cost(self.amounts, find)
        complete = not self.untold and not unpriced
        told = [value for value in self.sums[:2] if value is not None]
        # A side without requests used nothing: that is known, and no null.
        first, second, cached, written = self.sums if self.requests else (0, 0, 0, 0)
        return Side(
            requests=self.requests,
            input_tokens=first,
            output_tokens=second,
            cached_input_tokens=cached,
            cache_write_tokens=written,
            tokens=sum(told) if told or not self.requests else None,
            untold=self.untold,
            errors=self.errors,
            error_percent=100 * self.errors / self.requests if self.requests else None,
            latency_ms=Latency(percentile(self.latencies, 0.5), percentile(self.latencies, 0.95)),
            usd=float(known) if complete else None,
            usd_known=float(known),
        )

    def _count(self, requests: int, errors: int, untold: int, sums: tuple[int | None, ...]) -> None:
        self.requests += requests
        self.errors += errors
        self.untold += untold
        self.sums = tuple(
            old if new is None else new + (old or 0)
            for old, new in zip(self.sums, sums, strict=True)
        )

    def _spend(self, model: str | None, amounts: Amounts) -> None:
        before = self.amounts.get(model)
        self.amounts[model] = added([before, amounts]) if before else amounts
