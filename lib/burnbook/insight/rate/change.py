"""When a rate changed: the largest t statistic over all splits, against its simulated null.

Source: Hawkins (1977), Testing a sequence of observations for a shift in location, JASA 72. The
null has the autocorrelation of `PERSISTENCE`, because a project outlasts a week: independent
observations would give false alarms.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from scipy import special

from burnbook.insight.estimate import LEVEL, Estimate
from burnbook.insight.rate.spending import Numbers

LEAST = 8
"""Observations below which no change is looked for."""
ALPHA = 0.05
"""The level of the test of one meter."""
SIDE = 2
"""Observations that must be before a change, and after it."""
PERSISTENCE = 0.25
"""The correlation of neighbours that the null has."""
POWER = 0.9
_RESAMPLES = 9999
_SEED = 20


class Change(Struct, frozen=True):
    """The most likely change of a rate.

    `first` is the index of the first observation after it, `p` the probability of a change as
    large where there is none. `ratio` is the rate after it over the rate before it.
    """

    first: int
    p: float
    ratio: Estimate

    def after(self, index: int) -> "Change":
        """The same change in a series that begins `index` observations earlier."""
        return replace(self, first=self.first + index)


def scan(rates: Sequence[float] | Numbers) -> Change | None:
    """The most likely change in rates, in the order of time; None below 8 observations."""
    n = len(rates)
    if n < LEAST or min(rates) <= 0:
        return None
    logs = np.log(np.asarray(rates, dtype=float))
    statistics, null = _statistics(logs), _null(n)
    p = (1 + np.count_nonzero(null >= statistics.max())) / (1 + len(null))
    first = int(np.argmax(statistics)) + SIDE
    return Change(first, p, _ratio(logs, first))


def detectable(rates: Sequence[float] | Numbers, alpha: float, after: int) -> float | None:
    """The smallest change that is seen with 90% probability, as a factor of the rate above 1.

    `alpha` is the level of the test, `after` the number of observations behind the change. None
    where `scan` has too few observations.
    """
    n = len(rates)
    if n < LEAST or min(rates) <= 0:
        return None
    logs = np.log(np.asarray(rates, dtype=float))
    critical = float(np.quantile(_null(n), 1 - alpha))
    error = logs.std(ddof=1) * np.sqrt(1 / after + 1 / (n - after))

    # The noncentrality with which t is below the critical value in a tenth of the cases.
    shift = special.nctdtrinc(n - 2, 1 - POWER, critical)
    return float(np.exp(shift * error))


def _ratio(logs: Numbers, first: int) -> Estimate:
    """The rate after a change over the rate before it: a t interval with one variance."""
    before, after = logs[:first], logs[first:]
    n = len(logs)
    difference = float(after.mean() - before.mean())
    square = np.sum((before - before.mean()) ** 2) + np.sum((after - after.mean()) ** 2)
    error = np.sqrt(square / (n - 2) * (1 / len(before) + 1 / len(after)))
    error *= np.sqrt((1 + PERSISTENCE) / (1 - PERSISTENCE))
    reach = float(special.stdtrit(n - 2, (1 + LEVEL) / 2) * error)
    low, value, high = np.exp([difference - reach, difference, difference + reach])
    return Estimate(value=float(value), low=float(low), high=float(high), n=n)


@cache
def _null(n: int) -> Numbers:
    """The largest statistic of many autoregressive series of `n` observations without a change."""
    series = np.random.default_rng([_SEED, n]).standard_normal((_RESAMPLES, n))
    series[:, 0] /= np.sqrt(1 - PERSISTENCE**2)
    for week in range(1, n):
        series[:, week] += PERSISTENCE * series[:, week - 1]
    result: Numbers = _statistics(series).max(axis=-1)
    return result


def _statistics(values: Numbers) -> Numbers:
    """|t| of each split of a series, or of each of several series."""
    n = values.shape[-1]
    rest = values - values.mean(axis=-1, keepdims=True)
    sums = rest.cumsum(axis=-1)[..., SIDE - 1 : n - SIDE]
    left = np.arange(SIDE, n - SIDE + 1)
    between = sums**2 * n / (left * (n - left))
    within = np.maximum((rest**2).sum(axis=-1, keepdims=True) - between, 1e-12)
    result: Numbers = np.sqrt(between / within * (n - 2))
    return result
