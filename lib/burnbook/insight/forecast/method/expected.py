"""What would usually be used in a span: the mean of the same hours in other weeks. Pure."""

from functools import cache
from operator import mul

from burnbook.insight.forecast.method.use import DAY, WEEK, Use

WEEKS = 12
"""Older weeks are not looked at."""
_HALF_LIFE = 4  # weeks: a week that long ago counts half
_OTHER_DAY = 0.1  # the weight of another day of the week, for spans of up to a day
_NOTHING = 1e-9
_MOST = 7 * (WEEKS + 20)  # steps between two spans that are compared


def expected(use: Use, began: int, ended: int, left_out: tuple[int, int]) -> float | None:
    """Returns the mean use from `began` to `ended` in other weeks; None if no other has them.

    Other weeks are before and after the span, as far as `use` goes. A span of theirs that overlaps
    `left_out` does not count. The nearer ones count more. For spans of up to a day, the same hours
    of other days count a little, because there are few of each day in some weeks.
    """
    total = 0.0
    while began < ended:
        until = min(ended, began + WEEK)
        mean = _mean(use, began, until, left_out)
        if mean is None:
            return None
        total += mean
        began = until
    return total


def _mean(use: Use, began: int, ended: int, left_out: tuple[int, int]) -> float | None:
    """The weighted mean of a span of at most a week."""
    length = ended - began
    step = DAY if length <= DAY else WEEK
    oldest = max(use.first, use.last - WEEKS * WEEK)
    first = began - (began - oldest) // step * step
    values = use.spans(first, length, step)
    own = (began - first) // step
    # The spans that overlap what is left out: from `low` up to `high`, which is none of them.
    count = len(values)
    low = min(max((left_out[0] - length - first) // step + 1, 0), count)
    high = min(max(-((first - left_out[1]) // step), low), count)
    weights = _weights(step)[_MOST - own : _MOST - own + count]
    total, weight = sum(map(mul, weights, values)), sum(weights)
    if low < high:
        total -= sum(map(mul, weights[low:high], values[low:high]))
        weight -= sum(weights[low:high])
    return max(0.0, total) / weight if weight > _NOTHING else None


@cache
def _weights(step: int) -> list[float]:
    """The weights of spans that are from -_MOST to _MOST steps away."""
    return [_weight(abs(steps), step) for steps in range(-_MOST, _MOST + 1)]


def _weight(steps: int, step: int) -> float:
    near: float = 0.5 ** (steps * step / WEEK / _HALF_LIFE)
    return near if steps * step % WEEK == 0 else near * _OTHER_DAY
