"""The history of a meter, from its readings and from the requests of its account. Pure.

Readings say how many points were used between them, requests say when. So the points of a stretch
between two readings are spread over its requests, in proportion to their list prices. Where no
reading follows until a reset, requests become points at the rate of the other stretches. Without
requests, the points of a stretch are spread evenly, and what was used after the last reading of a
window is not known. Neither is what would have been used after the limit ran out.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from msgspec import Struct

from burnbook.insight.forecast.method.expected import WEEKS
from burnbook.insight.forecast.method.history import History, Limit, Spending, moment
from burnbook.insight.forecast.method.use import DAY, WEEK, Gap, Use, filled
from burnbook.meters.deltas import SAME_RESET, Seen
from burnbook.store.queries import QUARTER

_OLDEST = (WEEKS + 2) * WEEK
_LONGEST = 366 * DAY  # a row may have any length up to 2**53 minutes
_FULL = 99.5  # percent: vendors round to whole points
_NEAR = 50  # a reading in the last 1/50 of a window is near its end
_OWN_RATE = 10.0  # points: from this on, a window's own rate is more exact than that of all


class Window(Struct, frozen=True):
    """A window of the meter with the readings in it: (quarter-hour, percent), rising."""

    began: int
    ended: int
    resets_by: datetime
    shown: Sequence[tuple[int, float]]

    @property
    def is_full(self) -> bool:
        """Whether it ran out."""
        return self.shown[-1][1] >= _FULL


class MeterLog(Struct, frozen=True):
    """What the book has of one meter: its readings in the order of time, and the spending."""

    limit: Limit
    readings: Sequence[Seen]
    spending: Spending

    def as_of(self, now: datetime) -> History | None:
        """Returns the history as it was known at a moment; None if no window is open then."""
        asked_at = math.floor(now.timestamp() / QUARTER)
        oldest = asked_at - _OLDEST
        at = bisect_right(self.readings, now, key=lambda each: each.at)
        old = bisect_right(self.readings, moment(oldest), key=lambda each: each.at)
        seen = self.readings[old:at]
        listed = [each for each in windows(seen) if each.ended > oldest]
        if not listed or listed[-1].ended <= asked_at:
            return None
        spending = {at: usd for at, usd in self.spending.items() if oldest <= at <= asked_at}
        current = listed[-1]
        last = max(current.shown[-1][0], max(spending, default=0) + 1)
        first = max(oldest, min(min(spending, default=last), listed[0].began))
        if last >= current.ended or first >= last:
            return None
        values, gaps = spread(listed, spending, first, last)
        since = sum(values[current.shown[-1][0] - first :])
        error = _error(listed, spending, first, last) * since + self.limit.rounding**2 / 12
        return History(
            limit=self.limit,
            use=Use(first, filled(first, values, gaps)),
            used=current.shown[-1][1] + since,
            began=current.began,
            resets_at=current.ended,
            asked_at=asked_at,
            used_error=math.sqrt(error),
            readings=tuple((each.at, each.used) for each in _of(seen, current)),
        )

    def shows_end(self, window: Window) -> bool:
        """Whether it is known what was used up to the end of a window.

        The last reading is near it, or the window has requests: then they tell whether anything
        was used after the last reading.
        """
        ended, length = window.ended, window.ended - window.began
        is_near = ended - window.shown[-1][0] <= max(1, length // _NEAR)
        return is_near or any(self.spending.get(at) for at in range(window.began, ended))


def windows(readings: Sequence[Seen]) -> list[Window]:
    """Returns the windows of a meter, the oldest first. A reading below an earlier one is stale."""
    result: list[Window] = []
    shown: list[tuple[int, float]] = []
    for each in readings:
        resets_by = each.meter.resets_by(each.at)
        if resets_by is None:
            continue
        at = int(each.at.timestamp()) // QUARTER + 1  # it shows the requests of its quarter-hour
        last = result[-1] if result else None
        if last is not None and _is_same(last, each, resets_by):
            if each.used >= shown[-1][1]:
                shown.append((at, each.used))
        elif last is None or resets_by > last.resets_by:
            ended = max(round(resets_by.timestamp() / QUARTER), at)
            length = (each.meter.window_minutes or 0) * 60 // QUARTER
            began = ended - (length if length <= _LONGEST else 0)
            began = min(max(began, last.ended if last else began), at)
            shown = [(at, each.used)]
            result.append(Window(began, ended, resets_by, shown))
    return result


def _is_same(last: Window, each: Seen, resets_by: datetime) -> bool:
    """Whether a reading is of a window. Where no reset is shown, a lower value is of the next."""
    if each.meter.resets_at is not None:
        return abs(resets_by - last.resets_by) <= SAME_RESET
    return each.at < last.resets_by and each.used >= last.shown[-1][1]


def spread(
    listed: Sequence[Window], spending: Spending, first: int, last: int
) -> tuple[list[float], list[Gap]]:
    """Returns the points of each quarter-hour from `first` to `last`, and what is not known."""
    spent = _spent(spending, first, last)
    overall = _rate([each for window in listed for each in _stretches(window)], spent)
    spends = [spending.get(at, 0.0) for at in range(first, last)]
    values = [0.0] * (last - first)

    def add(began: int, ended: int, points: float | None, rate: float) -> None:
        """Spread the points over the spending; without points, spend at a rate."""
        low, high = max(began - first, 0), min(ended - first, last - first)
        if low >= high:
            return
        total = spent.between(began, ended)
        if points is not None:
            rate = points / total if total > 0 else 0.0
        even = points / (high - low) if points and total <= 0 else 0.0
        values[low:high] = [even + rate * spend for spend in spends[low:high]]

    gaps = []
    reached = first
    for window in listed:
        is_long = window.ended - window.began > DAY  # a shorter one begins with a request
        if overall is None and is_long:
            gaps.append(Gap(reached, window.began, reached))
        add(reached, window.began, None, overall or 0.0)
        stretches = [*_stretches(window)]
        for began, ended, points in stretches:
            add(began, ended, points, 0.0)
        known = stretches[-1][1]
        if window.is_full or overall is None:
            gaps.append(Gap(known, window.ended, window.began))
        is_exact = window.shown[-1][1] >= _OWN_RATE
        own = _rate(stretches, spent) if is_exact else None
        add(known, window.ended, None, own or overall or 0.0)
        reached = window.ended
    return values, [gap for gap in gaps if gap.last > gap.first]


def _spent(spending: Spending, first: int, last: int) -> Use:
    return Use(first, [spending.get(at, 0.0) for at in range(first, last)])


def _error(listed: Sequence[Window], spending: Spending, first: int, last: int) -> float:
    """The variance of points that are known from spending alone, by point."""
    spent = _spent(spending, first, last)
    stretches = [each for window in listed for each in _stretches(window)]
    rate = _rate(stretches, spent) or 0.0
    squares = total = 0.0
    for began, ended, points in stretches:
        estimated = rate * spent.between(began, ended)
        if estimated > 0:
            squares, total = squares + (points - estimated) ** 2, total + estimated
    return squares / total if total > 0 else 0.0


_Stretch = tuple[int, int, float]


def _stretches(window: Window) -> Iterator[_Stretch]:
    """From where to where how many points were used, from the beginning to the last reading."""
    for (began, before), (ended, used) in pairwise([(window.began, 0.0), *window.shown]):
        yield min(began, ended - 1), ended, used - before


def _rate(stretches: Iterable[_Stretch], spent: Use) -> float | None:
    """Points by unit of spending; None if nothing was spent in these stretches."""
    points = total = 0.0
    for began, ended, used in stretches:
        spending = spent.between(began, ended)
        if spending > 0:
            points, total = points + used, total + spending
    return points / total if total > 0 else None


def _of(readings: Sequence[Seen], window: Window) -> Iterator[Seen]:
    """The readings of the newest window."""
    for each in readings:
        resets_by = each.meter.resets_by(each.at)
        if resets_by is not None and abs(resets_by - window.resets_by) <= SAME_RESET:
            yield each
