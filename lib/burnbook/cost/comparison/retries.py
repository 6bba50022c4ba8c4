"""Failed routed requests whose work the baseline did again: how many, and what they cost extra."""

from collections.abc import Iterable
from typing import NamedTuple

from burnbook.cost.comparison.figures import Retries
from burnbook.cost.comparison.tally import Pricing, Tally


class Retried(NamedTuple):
    """The failed requests (`attempts`), and the baseline requests that did their work, by key."""

    attempts: Tally
    requests: set[tuple[int, int]]

    def figures(self, baseline: Tally, pricing: Pricing) -> Retries:
        """The figures. `baseline` has all baseline requests of the same features."""
        side = self.attempts.side(pricing)
        return Retries(
            attempts=side.requests,
            requests=len(self.requests),
            baseline_alone=baseline.requests - baseline.errors - len(self.requests),
            usd=side.usd,
            usd_known=side.usd_known,
        )


def none() -> Retried:
    """No failed request that was retried."""
    return Retried(Tally(), set())


def merged(parts: Iterable[Retried]) -> Retried:
    """All of the parts together."""
    whole = none()
    for part in parts:
        whole.attempts.merge(part.attempts)
        whole.requests.update(part.requests)
    return whole
