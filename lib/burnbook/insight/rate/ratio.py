"""The ratio of totals over observations, with its interval: the jackknife on a log scale.

Source: Cochran, Sampling Techniques, 3rd edition, chapter 6; Efron and Tibshirani, An Introduction
to the Bootstrap, chapter 11.
"""

from collections.abc import Sequence

import numpy as np
from scipy import special

from burnbook.insight.estimate import LEVEL, Estimate
from burnbook.insight.rate.spending import Numbers

LEAST = 3
"""Observations below which there is no estimate."""
ENOUGH = 8
"""Observations from which their autocorrelation is estimated."""


def ratio(amounts: Sequence[float] | Numbers, points: Numbers, rounding: float = 0.0) -> Estimate:
    """sum(amounts) / sum(points) over observations.

    `rounding` is the sum of the half widths within which rounding may have shifted all points in
    one direction; the shift is taken to be uniform.
    """
    values = np.asarray(amounts, dtype=float)
    n = len(points)
    if n < LEAST:
        return Estimate(n=n, reason=f"{n} of {LEAST} weeks are known")
    if values.sum() <= 0:
        return Estimate(value=0.0, low=0.0, high=0.0, n=n)
    whole = float(values.sum() / points.sum())
    without = (values.sum() - values) / (points.sum() - points)
    if without.min() <= 1e-9 * whole:
        return Estimate(value=whole, n=n, reason="one week has nearly all of it")
    logs = np.log(without)
    error = np.sqrt((n - 1) / n * np.sum((logs - logs.mean()) ** 2))
    error *= np.sqrt((1 + (rho := persistence(-logs))) / (1 - rho))
    error = np.hypot(error, rounding / points.sum() / np.sqrt(3))
    reach = np.exp(special.stdtrit(n - 1, (1 + LEVEL) / 2) * error)
    return Estimate(value=whole, low=float(whole / reach), high=float(whole * reach), n=n)


def persistence(values: Numbers) -> float:
    """The autocorrelation of neighbours, without its bias in short series; 0 to 0.5.

    A positive one means that there are fewer independent observations than it seems.
    """
    n = len(values)
    rest = values - values.mean()
    square = float(rest @ rest)
    if n < ENOUGH or square == 0:
        return 0.0
    return float(np.clip(rest[1:] @ rest[:-1] / square + 1 / n, 0.0, 0.5))
