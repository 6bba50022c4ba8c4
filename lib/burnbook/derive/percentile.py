"""Exact percentiles from counted values."""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate

_MILLION = 1_000_000


def type7(counts: Mapping[float, int], q: float) -> float | None:
    """The quantile `q` (0 to 1) of values that each came so often; None where there are none.

    Linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996; what R, NumPy
    and DuckDB's quantile_cont do): the value at rank (n - 1) * q, counted from 0. `q` counts to six
    decimals.
    """
    values = sorted(counts)
    reached = list(accumulate(counts[value] for value in values))
    if not reached or not reached[-1]:
        return None
    # In whole millionths: a rank of 2.85 is no 2.8499999999999996.
    below, share = divmod((reached[-1] - 1) * round(q * _MILLION), _MILLION)
    low = values[bisect_right(reached, below)]
    if not share:
        return low
    high = values[bisect_right(reached, below + 1)]
    return low + (high - low) * (share / _MILLION)
