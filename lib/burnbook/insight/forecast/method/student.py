"""Student's t distribution, for integer degrees of freedom. Pure.

`preview` and `statusline` show a forecast, and to import scipy takes longer than both. The sums are
26.7.3 and 26.7.4 of Abramowitz and Stegun (1964); a test compares them with scipy.stats.t.
"""

import math
from functools import lru_cache

_MOST = 200  # degrees of freedom: with more, the distribution is normal to three digits
_WIDE = 700.0  # no quantile that is asked for is farther out: that of 0.999 for 1 is 318
_STEPS = 60


def cdf(x: float, freedom: int) -> float:
    """Returns the probability of a value of at most `x`; `freedom` is 1 or more."""
    freedom = min(freedom, _MOST)
    angle = math.atan2(x, math.sqrt(freedom))
    cosine, sine = math.cos(angle), math.sin(angle)
    is_odd = freedom % 2 == 1
    term = cosine if is_odd else 1.0
    total = 0.0 if freedom == 1 else term
    for number in range(3 if is_odd else 2, freedom - 1, 2):
        term *= cosine * cosine * (number - 1) / number
        total += term
    share = (angle + sine * total) * 2 / math.pi if is_odd else sine * total
    return 0.5 + share / 2


@lru_cache(maxsize=256)
def quantile(p: float, freedom: int) -> float:
    """Returns the value that is not exceeded with probability `p`, between 0 and 1."""
    low, high = -_WIDE, _WIDE
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if cdf(middle, freedom) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2
