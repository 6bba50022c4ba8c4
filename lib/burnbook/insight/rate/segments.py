"""Spans in which both the rise of a meter and the requests behind it are known.

A reset period gives one span, from an early reading to its last one. It gives several where the
meter was reset early, and where points moved while no request was logged.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from burnbook.budget.declared.points import Shown, finer
from burnbook.insight.rate.spending import Numbers, Spending, split
from burnbook.meters import views
from burnbook.store.queries import QUARTER
from burnbook.times.clock import from_micros

FULL = 99.5
"""At 100%, a meter no longer rises: readings from here on are left out."""
_FALL = 1.5  # points: a smaller fall is two views of one value
_UNEXPLAINED = 2.0  # points without a request: rounding alone moves a meter by one
_SHARE = 0.5  # of the points of a period that the span after its first reading must have


class Segment(Struct, frozen=True):
    """A span of one reset period: the points that the meter rose, and what its requests used.

    `amounts` are the columns of `Spending`. `rounding` is half of the width within which the
    rounding of the meter may shift the points, 0 where the shifts of both ends cancel out.
    """

    period: datetime
    begins: datetime
    ends: datetime
    points: float
    amounts: Numbers
    rounding: float


class SegmentsOfMeter(Struct):
    """The segments of a meter, and the points that are in none of them, by reason."""

    segments: list[Segment]
    without_requests: float = 0.0
    without_price: float = 0.0


class _Point(Struct, frozen=True):
    at: float  # epoch seconds
    used: float
    after_request: bool = False
    is_reset: bool = False


def segments(windows: Iterable[Sequence[Shown]], spending: Spending) -> SegmentsOfMeter:
    """The segments of one meter of one account, from its readings by reset period."""
    result = SegmentsOfMeter([])
    for window in windows:
        _add(result, finer(window), spending)
    result.segments.sort(key=lambda segment: segment.begins)
    return result


def _add(result: SegmentsOfMeter, window: Sequence[Shown], spending: Spending) -> None:
    step = 10.0 ** -max(views.decimals(reading.used_percent) for reading in window)
    start = _start(window)
    period = window[0].captured_at if start is None else start
    for n, run in enumerate(_rising(window)):
        points = [
            _Point(each.captured_at.timestamp(), each.used_percent, each.after_request)
            for each in run
        ]
        if n == 0 and start is not None and spending.begins <= start.timestamp():
            reset = _Point(start.timestamp(), 0.0, is_reset=True)
            points = [reset, *(each for each in points if each.used > 0 and each.at > reset.at)]
        if len(points) == 2 and points[0].is_reset and points[1].after_request:
            # The only reading of a period comes after the last request, not after one of many.
            points[1] = replace(points[1], at=(points[1].at // QUARTER + 1) * QUARTER - 1)
        sums = spending.up_to([each.at for each in points], [each.after_request for each in points])
        for first, last in _explained(result, points, spending):
            if points[first].is_reset and _has_most(points[first + 1 : last + 1]):
                first += 1
            begins, ends = points[first], points[last]
            amounts = sums[last] - sums[first]
            rise = ends.used - begins.used
            if split(amounts)[1] > 0:
                result.without_price += rise
                continue
            result.segments.append(
                Segment(
                    *(period, _moment(begins.at), _moment(ends.at), rise, amounts),
                    rounding=step / 2 if begins.is_reset else 0.0,
                )
            )


def _start(window: Sequence[Shown]) -> datetime | None:
    """When the period began, at 0%: its length before its reset; None if one is unknown."""
    last = window[-1]
    if last.resets_at is None or not last.window_minutes:
        return None
    try:
        return last.resets_at - timedelta(minutes=last.window_minutes)
    except OverflowError:
        return None


def _rising(window: Sequence[Shown]) -> Iterator[list[Shown]]:
    """The readings of a period without stale ones; a new list where the meter was reset early.

    A reading below an earlier one is stale, unless three that rise follow one another.
    """
    run: list[Shown] = []
    low: list[Shown] = []  # readings below the last one of `run`
    for reading in window:
        if reading.used_percent >= FULL:
            break
        if not run or reading.used_percent >= run[-1].used_percent:
            run.append(reading)
            low = []
        elif reading.used_percent < run[-1].used_percent - _FALL:
            low.append(reading)
            rising = [each for each in low if each.used_percent >= low[0].used_percent]
            if len({each.used_percent for each in rising}) > 2:
                yield run
                run, low = rising, []
    yield run


def _explained(
    result: SegmentsOfMeter, points: Sequence[_Point], spending: Spending
) -> Iterator[tuple[int, int]]:
    """First and last index of each stretch in which no points moved without a request."""
    first = 0
    for n in range(1, len(points)):
        rise = points[n].used - points[n - 1].used
        if rise >= _UNEXPLAINED and not _has_requests(points[n - 1].at, points[n].at, spending):
            result.without_requests += rise
            if n - 1 > first:
                yield first, n - 1
            first = n
    if len(points) - 1 > first:
        yield first, len(points) - 1


def _has_requests(began: float, ended: float, spending: Spending) -> bool:
    """Whether a request is logged near a span: its quarter-hours, and the one before them."""
    quarters = began // QUARTER - 1, ended // QUARTER + 1
    return bool(spending.between(quarters[0] * QUARTER, quarters[1] * QUARTER)[0] > 0)


def _has_most(points: Sequence[_Point]) -> bool:
    """Whether most of the points moved after the first reading of a period."""
    return points[-1].used - points[0].used >= _SHARE * points[-1].used > 0


def _moment(seconds: float) -> datetime:
    return from_micros(round(seconds * 1_000_000))


def total(segments: Sequence[Segment]) -> Numbers:
    """The sum of the amounts of segments."""
    return np.sum([segment.amounts for segment in segments], axis=0)
