"""Percentiles of counted values, and quantiles of Student's t."""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate

_MILLION = 1_000_000


def percentile(counts: Mapping[float, int], q: float) -> float | None:
    """Returns the quantile `q` (0 to 1) of values with their counts; None without values.

    Linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996, as in R, NumPy
    and DuckDB's quantile_cont): the value at rank (n - 1) * q, counted from 0. `q` has six
    decimals.
    """
    values = sorted(counts)
    reached = list(accumulate(counts[value] for value in values))
    if not reached or not reached[-1]:
        return None
    # In integers, because 2.85 as a float is 2.8499999999999996.
    below, share = divmod((reached[-1] - 1) * round(q * _MILLION), _MILLION)
    low = values[bisect_right(reached, below)]
    if not share:
        return low
    high = values[bisect_right(reached, below + 1)]
    return low + (high - low) * (share / _MILLION)


NORMAL = 1.960

# Quantiles 0.975 for 1 to 30 degrees of freedom; above, the normal quantile is close.
_T = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


def t_quantile(freedom: int) -> float:
    """Returns quantile 0.975 of Student's t with `freedom` (1 or more) degrees of freedom."""
    return _T[freedom - 1] if freedom <= len(_T) else NORMAL
