"""Always-valid intervals for means of bounded values, such as proportions and scores. Needs numpy.

The capital of a bettor against each candidate mean, mixed over bets: Waudby-Smith and Ramdas
(2023), "Estimating means of bounded random variables by betting", J. R. Stat. Soc. B 86(1). It
holds for every distribution within the bounds.
"""

from typing import Any

import numpy as np

BETS = (np.arange(20) + 0.5) / 20
"""Shares of the capital that are bet, where nothing is known. Each has the same weight."""
_STEPS = 40  # of the bisection: the error is 2^-40 of the range


def bets_for(effect: float, variance: float) -> Any:
    """The bets for differences between -1 and 1: around the best one for the planned effect.

    `variance` is that of a difference. They must be chosen before the first value.
    """
    return np.clip(effect / variance * np.geomspace(0.35, 1.6, 6), 0.01, 0.95)


def growth(share: Any, mean: Any, bets: Any = BETS) -> Any:
    """The logarithm of the capital after each value, of a bettor on a mean above `mean`.

    `share` has values between 0 and 1, in order, in its last dimension.
    """
    total = None
    for bet in bets:
        capital = np.cumsum(np.log1p(bet * (share / mean - 1)), -1)
        total = capital if total is None else np.logaddexp(total, capital)
    return total - np.log(len(bets))


def refuted(share: Any, error: float, bets: Any = BETS) -> Any:
    """Whether the interval of the differences excludes 0 after each value, or did before.

    `share` has differences between -1 and 1, in order, in its last dimension.
    """
    share = (share + 1) / 2
    capital = np.maximum(growth(share, 0.5, bets), growth(1 - share, 0.5, bets))
    return np.maximum.accumulate(capital >= np.log(2 / error), -1)


def interval(
    values: Any, low: float, high: float, error: float, bets: Any = BETS
) -> tuple[float, float]:
    """The interval for the mean of `values`, each between `low` and `high`, in order.

    It is the intersection of the intervals after each value. It misses the true mean at any time
    with a probability of at most `error`.
    """
    share = (np.asarray(values, float) - low) / (high - low)
    bounds = _least(share, error, bets), 1 - _least(1 - share, error, bets)
    return low + bounds[0] * (high - low), low + bounds[1] * (high - low)


def _least(share: Any, error: float, bets: Any) -> float:
    """The least mean that was never refuted. The capital falls where the mean rises."""
    if not len(share):
        return 0.0
    gone, kept = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (gone + kept) / 2
        if growth(share, middle, bets).max() >= np.log(2 / error):
            gone = middle
        else:
            kept = middle
    return gone
