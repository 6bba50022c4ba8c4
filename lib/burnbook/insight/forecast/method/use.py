"""What was used, by quarter-hour, as sums from the beginning on. Pure.

Time is in quarter-hours since 1970 (epoch seconds / 900), as everywhere in the store.
"""

from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct

HOUR = 4
DAY = 96
WEEK = 672


class Gap(Struct, frozen=True):
    """Quarter-hours of which the use is not known: from `first` up to `last`, which is not one.

    `began` is when the window of the limit began, whose use before the gap tells how busy it was.
    """

    first: int
    last: int
    began: int


class Use:
    """The use of each quarter-hour from `first` up to `last`, which is not one."""

    def __init__(self, first: int, values: Sequence[float]) -> None:
        self.first, self.last = first, first + len(values)
        self.sums = [0.0, *accumulate(values)]
        self._spans: dict[tuple[int, int, int], list[float]] = {}

    def between(self, began: int, ended: int) -> float:
        """Returns what was used from one quarter-hour to another, as far as both are known."""
        first, most = self.first, len(self.sums) - 1
        low, high = min(max(began - first, 0), most), min(max(ended - first, 0), most)
        return self.sums[high] - self.sums[low]

    def spans(self, first: int, length: int, step: int) -> list[float]:
        """Returns the use of spans that begin at `first` and every `step` later, as far as known.

        `first` is known, and a span ends where the use does at the latest.
        """
        key = first, length, step
        if key not in self._spans:
            began = self.first
            ends = self.sums[first + length - began :: step]
            self._spans[key] = [
                high - low
                for low, high in zip(self.sums[first - began :: step], ends, strict=False)
            ]
        return self._spans[key]


def filled(first: int, values: Sequence[float], gaps: Sequence[Gap]) -> list[float]:
    """Returns the values with an estimate in each gap: the mean use of the same hours of the week.

    It is multiplied by how busy the window was before the gap, against the mean. With gaps at 0, a
    limit that ran out would look like a limit with little demand.
    """
    result = [*values]
    if not gaps:
        return result
    is_known = [1.0] * len(result)
    for gap in gaps:
        for at in range(max(gap.first - first, 0), min(gap.last - first, len(result))):
            result[at] = is_known[at] = 0.0
    use, known = Use(first, result), Use(first, is_known)
    mean = _means(use, known)
    usual = Use(first, [mean[at // HOUR % 168] for at in range(first, first + len(result))])
    prior = sum(mean)  # a quarter of the use of a mean week
    for gap in gaps:
        seen = sum(
            mean[at // HOUR % 168]
            for at in range(max(gap.began, first), min(gap.first, use.last))
            if is_known[at - first]
        )
        level = (prior + use.between(gap.began, gap.first)) / (prior + seen) if prior else 0.0
        for at in range(max(gap.first, first), min(gap.last, use.last)):
            result[at - first] = level * usual.between(at, at + 1)
    return result


def _means(use: Use, known: Use) -> list[float]:
    """The mean use of a known quarter-hour, by hour of the week."""
    sums, counts = [0.0] * 168, [0.0] * 168
    for began in range(use.first // HOUR * HOUR, use.last, HOUR):
        hour = began // HOUR % 168
        sums[hour] += use.between(began, began + HOUR)
        counts[hour] += known.between(began, began + HOUR)
    return [total / count if count else 0.0 for total, count in zip(sums, counts, strict=True)]
