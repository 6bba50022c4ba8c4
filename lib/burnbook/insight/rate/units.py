"""The observations of an exchange rate: weeks or longer, with enough points to count.

Requests of one week are alike: the same project, the same models. Observations of a day are not
independent, so intervals from them would be too narrow.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from msgspec import Struct

from burnbook.insight.rate.segments import Segment, total
from burnbook.insight.rate.spending import Numbers, split

LEAST_POINTS = 10.0
"""Points of an observation: so many that rounding moves its rate by a few percent at most."""
WEEK = timedelta(days=7)
_SLACK = timedelta(hours=1)  # vendors move a reset by some minutes


class Unit(Struct, frozen=True):
    """One observation: points, list price in USD, tokens by kind, USD by model.

    `begins` is when the first of its reset periods began.
    """

    begins: datetime
    ends: datetime
    points: float
    usd: float
    tokens: Numbers
    by_model: Numbers
    rounding: float  # the sum over its segments


def units(segments: Sequence[Segment]) -> list[Unit]:
    """Group the segments of a meter, in the order of time, by reset periods.

    A unit has the periods that begin within a week, and more until it has enough points. Points
    that are left over at the end belong to the last unit.
    """
    groups: list[list[Segment]] = []
    for segment in segments:
        if groups and (
            segment.period - groups[-1][0].period < WEEK - _SLACK
            or _points(groups[-1]) < LEAST_POINTS
        ):
            groups[-1].append(segment)
        else:
            groups.append([segment])
    if len(groups) > 1 and _points(groups[-1]) < LEAST_POINTS:
        last = groups.pop()
        groups[-1] += last
    return [_unit(group) for group in groups if _points(group) >= LEAST_POINTS]


def _unit(group: Sequence[Segment]) -> Unit:
    _, _, tokens, by_model = split(total(group))
    return Unit(
        begins=group[0].period,
        ends=max(segment.ends for segment in group),
        points=_points(group),
        usd=float(np.sum(by_model)),
        tokens=tokens,
        by_model=by_model,
        rounding=sum(segment.rounding for segment in group),
    )


def _points(group: Sequence[Segment]) -> float:
    return sum(segment.points for segment in group)
