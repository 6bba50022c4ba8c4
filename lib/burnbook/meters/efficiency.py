"""Features per percentage point of a provider's meter, in one window and over all of them.

The figure over windows is a ratio of totals, sum(features) / sum(points): a window weighs what it
cost. Its variance comes from the delta method (Cochran, Sampling Techniques, ch. 6), the interval
from Student's t with n - 1 degrees of freedom, both only from n = 3.
"""

import math
from collections.abc import Sequence

import msgspec

from burnbook.base.stats import NORMAL, t_quantile
from burnbook.rows.meters import AccountUse, Closing, MeterDelta, WindowRow

LEAST_N = 3


# What the points of a window are counted from: each account once.
Uses = Sequence[AccountUse | Closing] | Sequence[AccountUse] | Sequence[Closing]


class Points(msgspec.Struct, frozen=True):
    """Features of one provider in one window, and the percentage points that they cost.

    `points_max` is null with `points_min`, or if only the least is known.
    """

    provider: str
    meter: str | None
    features: float | None
    points_min: float | None
    points_max: float | None
    per_point_min: float | None
    per_point_max: float | None


class Ratio(msgspec.Struct, frozen=True):
    """One provider over all finalized windows with plain deltas; null below n = 3."""

    provider: str
    n: int
    features: float
    points: float
    per_point: float | None
    low: float | None
    high: float | None
    power: float | None


def uses_of(row: WindowRow) -> list[AccountUse | Closing]:
    """What a finalized window used: its shared accounts, and the closings of all other agents."""
    shared = row.accounts or ()
    members = {(use.provider, agent) for use in shared for agent in use.agents}
    others = [c for c in row.closings if (c.provider, c.agent) not in members]
    return [*shared, *others]


def meter_of(uses: Uses, provider: str) -> list[MeterDelta]:
    """The provider's main meter of each account: the longest window that counts every model.

    Meters of single models and pools (`model:weekly`, `week-opus`) and those without a length are
    left out, so that nothing is counted twice.
    """
    meters = []
    for use in uses:
        if use.provider != provider:
            continue
        main = [m for m in use.meters if m.window_minutes and ":" not in m.name]
        if main:
            # max keeps the first of equals: the vendor lists the meter of all models first.
            meters.append(max(main, key=lambda meter: meter.window_minutes or 0))
    return meters


def points(uses: Uses, features: dict[str, float], provider: str) -> Points:
    """Points of every account together; bounds where a reset lies between, null where unknown."""
    meters = meter_of(uses, provider)
    lows, highs = [m.delta_min for m in meters], [m.delta_max for m in meters]
    least = sum(low or 0 for low in lows) if lows and None not in lows else None
    most = sum(high or 0 for high in highs) if highs and None not in highs else None
    feature_count = features.get(provider)
    return Points(
        provider=provider,
        meter=meters[0].name if meters else None,
        features=feature_count,
        points_min=least,
        points_max=most,
        per_point_min=feature_count / most if feature_count is not None and most else None,
        per_point_max=feature_count / least if feature_count is not None and least else None,
    )


def ratio(pairs: Sequence[tuple[float, float]], provider: str, effect: float) -> Ratio:
    """The ratio of totals over windows, from (features, points) of each.

    `power` is the chance to see a change of `effect` in it.
    """
    n = len(pairs)
    feature_count, cost = sum(y for y, _ in pairs), sum(x for _, x in pairs)
    if n < LEAST_N or not cost:
        return Ratio(provider, n, feature_count, cost, None, None, None, None)
    per_point = feature_count / cost
    spread = sum((y - per_point * x) ** 2 for y, x in pairs) / (n - 1)
    error = math.sqrt(spread / n) / (cost / n)
    reach = t_quantile(n - 1) * error
    return Ratio(
        provider=provider,
        n=n,
        features=feature_count,
        points=cost,
        per_point=per_point,
        low=max(0.0, per_point - reach),
        high=per_point + reach,
        power=_power(effect * per_point, error),
    )


def _power(difference: float, error: float) -> float | None:
    """Of a two-sided 5% test against a change of `difference`; None without variance."""
    if error == 0:
        return None
    shift = difference / error
    return _below(shift - NORMAL) + _below(-shift - NORMAL)


def _below(z: float) -> float:
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))
