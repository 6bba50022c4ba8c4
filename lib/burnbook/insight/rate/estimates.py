"""The exchange rate of one meter: what a point buys, and when that changed. Pure."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from burnbook.budget.declared.points import Shown
from burnbook.insight.estimate import Estimate
from burnbook.insight.rate.ratio import ratio
from burnbook.insight.rate.segments import segments
from burnbook.insight.rate.spending import KINDS, Spending
from burnbook.insight.rate.units import Unit, units


class Bought(Struct, frozen=True):
    """What a point buys: list price in USD, tokens by kind, and the share of each model's USD."""

    usd: Estimate
    tokens: Mapping[str, Estimate]
    mix: Mapping[str, float]


class Observed(Struct, frozen=True):
    """The observations of one meter, and the points that are in none of them, by reason."""

    units: Sequence[Unit]
    models: Sequence[str]
    without_requests: float
    without_price: float
    has_requests: bool

    @property
    def rates(self) -> list[float]:
        """USD per point of each observation."""
        return [unit.usd / unit.points for unit in self.units]


def observe(windows: Iterable[Sequence[Shown]], spending: Spending) -> Observed:
    """The observations of one meter of one account, from its readings by reset period."""
    collected = segments(windows, spending)
    without = (collected.without_requests, collected.without_price)
    has_requests = spending.begins < float("inf")
    return Observed(units(collected.segments), spending.models, *without, has_requests)


def bought(observed: Sequence[Unit], models: Sequence[str]) -> Bought:
    """What a point buys over some observations."""
    points = np.array([unit.points for unit in observed])
    rounding = sum(unit.rounding for unit in observed)
    tokens = np.array([unit.tokens for unit in observed]).reshape(len(observed), len(KINDS))
    by_model = np.array([unit.by_model for unit in observed]).reshape(len(observed), len(models))
    usd = by_model.sum()
    return Bought(
        usd=ratio([unit.usd for unit in observed], points, rounding),
        tokens={kind: ratio(tokens[:, n], points, rounding) for n, kind in enumerate(KINDS)},
        mix={m: float(by_model[:, n].sum() / usd) for n, m in enumerate(models) if usd > 0},
    )
