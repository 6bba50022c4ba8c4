"""What would usually be used in a span: the mean of the same hours in other weeks. Pure."""

from functools import lru_cache

from burnbook.insight.forecast.method.use import DAY, WEEK, Use

WEEKS = 12
"""Older weeks are not looked at."""
_HALF_LIFE = 4  # weeks: a week that long ago counts half
_OTHER_DAY = 0.1  # the weight of another day of the week, for spans of up to a day


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
    step = DAY if ended - began <= DAY else WEEK
    oldest = max(use.first, use.last - WEEKS * WEEK)
    sums, first = use.sums, use.first
    without, before = left_out
    first_shift = -((use.last - ended) // step)
    total = weight = 0.0
    for shift in range(first_shift, (began - oldest) // step + 1):
        low, high = began - shift * step, ended - shift * step
        if low < before and high > without:
            continue
        part = _weight(abs(shift), step)
        total += part * (sums[high - first] - sums[low - first])
        weight += part
    return total / weight if weight else None


@lru_cache(maxsize=512)
def _weight(steps: int, step: int) -> float:
    """The weight of a span that is so many steps away."""
    near: float = 0.5 ** (steps * step / WEEK / _HALF_LIFE)
    return near if steps * step % WEEK == 0 else near * _OTHER_DAY
