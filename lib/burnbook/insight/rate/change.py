"""When a rate changed: a scan over all splits, against a simulated null.

Each split of the weeks in two has a statistic: the difference of the means of log rates over its
standard error. The largest one is compared with the largest ones of series without a change. The
variance is that of differences between neighbours without the two largest, so that a change
and its reversal do not hide each other. A change that is found splits the series, and both parts
are scanned (binary segmentation).

Sources: Hawkins (1977), Testing a sequence of observations for a shift in location, JASA 72; von
Neumann (1941), Distribution of the ratio of the mean square successive difference to the variance,
Annals of Mathematical Statistics 12; Vostrikova (1981), Detecting disorder in multidimensional
random processes, Soviet Mathematics Doklady 24.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from msgspec import Struct
from scipy import special

from burnbook.insight.estimate import LEVEL, Estimate
from burnbook.insight.rate.spending import Numbers

LEAST = 8
"""Observations below which no change is looked for."""
ALPHA = 0.05
"""The level of the test of one meter."""
SIDE = 2
"""Observations that must be before a change, and after it."""
PERSISTENCE = 0.3
"""The correlation of neighbours in the null: a project outlasts a week, and so do its models."""
POWER = 0.9
_SMALLEST = 0.02  # of a log rate: rounding alone may move a rate so far
_LARGEST = 2  # differences that the variance leaves out
_SERIES = 9999
_SEED = 20


class Change(Struct, frozen=True):
    """A change of a rate.

    `first` is the index of the first observation after it, `p` the probability of a change as
    large where there is none. `ratio` is the rate after it, up to the next change, over the rate
    before it.
    """

    first: int
    p: float
    ratio: Estimate


def changes(rates: Sequence[float], alpha: float = ALPHA) -> list[Change]:
    """The changes that are significant at a level, from rates in the order of time."""
    if not can_test(rates):
        return []
    logs = np.log(np.asarray(rates, dtype=float))
    p_values: dict[int, float] = {}
    parts = [(0, len(logs))]
    while parts:
        begin, end = parts.pop()
        if end - begin < LEAST:
            continue
        statistics, null = _statistics(logs[begin:end]), _null(end - begin)
        p = (1 + np.count_nonzero(null >= statistics.max())) / (1 + len(null))
        first = begin + SIDE + int(np.argmax(statistics))
        step = logs[first:end].mean() - logs[begin:first].mean()
        if p <= alpha and abs(step) >= _SMALLEST:
            p_values[first] = float(p)
            parts += [(begin, first), (first, end)]
    bounds = [0, *sorted(p_values), len(logs)]
    return [
        Change(first, p_values[first], _ratio(logs[begin:first], logs[first:end]))
        for begin, first, end in zip(bounds, bounds[1:], bounds[2:], strict=False)
    ]


def can_test(rates: Sequence[float]) -> bool:
    """Whether there are enough rates to look for a change."""
    return len(rates) >= LEAST and min(rates) > 0


def detectable(rates: Sequence[float], alpha: float, after: int) -> float | None:
    """The smallest change that is seen with 90% probability, as a factor of the rate above 1.

    `alpha` is the level of the test, `after` the number of observations behind the change. None
    where there are too few rates.
    """
    if not can_test(rates):
        return None
    logs = np.log(np.asarray(rates, dtype=float))
    scale = _variance(logs) / _variance(_series(len(logs))).mean()
    return float(np.exp(_visible(len(logs), alpha, after) * np.sqrt(scale.item())))


def _ratio(before: Numbers, after: Numbers) -> Estimate:
    """The rate after a change over the rate before it: a t interval with one variance."""
    n = len(before) + len(after)
    difference = float(after.mean() - before.mean())
    square = np.sum((before - before.mean()) ** 2) + np.sum((after - after.mean()) ** 2)
    error = np.sqrt(square / (n - 2) * (1 / len(before) + 1 / len(after)))
    error *= np.sqrt((1 + PERSISTENCE) / (1 - PERSISTENCE))
    reach = float(special.stdtrit(n - 2, (1 + LEVEL) / 2) * error)
    low, value, high = np.exp([difference - reach, difference, difference + reach])
    return Estimate(value=float(value), low=float(low), high=float(high), n=n)


@cache
def _series(n: int) -> Numbers:
    """Many autoregressive series of `n` observations without a change."""
    series = np.random.default_rng([_SEED, n]).standard_normal((_SERIES, n))
    series[:, 0] /= np.sqrt(1 - PERSISTENCE**2)
    for week in range(1, n):
        series[:, week] += PERSISTENCE * series[:, week - 1]
    return series


@cache
def _null(n: int) -> Numbers:
    """The largest statistic of each series without a change."""
    result: Numbers = _statistics(_series(n)).max(axis=-1)
    return result


@cache
def _visible(n: int, alpha: float, after: int) -> float:
    """The shift of the last observations of a series that is seen with 90% probability."""
    critical = np.quantile(_null(n), 1 - alpha)
    last = np.arange(n) >= n - after
    low, high = 0.0, 64.0
    while high - low > 0.01:
        shift = (low + high) / 2
        seen = _statistics(_series(n)[:2000] + shift * last).max(axis=-1) >= critical
        low, high = (low, shift) if seen.mean() >= POWER else (shift, high)
    return high


def _statistics(values: Numbers) -> Numbers:
    """The statistic of each split of a series, or of each of several series."""
    n = values.shape[-1]
    rest = values - values.mean(axis=-1, keepdims=True)
    sums = rest.cumsum(axis=-1)[..., SIDE - 1 : n - SIDE]
    left = np.arange(SIDE, n - SIDE + 1)
    result: Numbers = np.abs(sums) * np.sqrt(n / (left * (n - left)) / _variance(values))
    return result


def _variance(values: Numbers) -> Numbers:
    """Half of the mean square of the differences between neighbours, without the largest."""
    squares = np.sort(np.diff(values, axis=-1) ** 2, axis=-1)[..., :-_LARGEST]
    return np.maximum(squares.mean(axis=-1, keepdims=True) / 2, 1e-12)
