"""What will be used in a span, as a distribution. Pure.

The expected use is the mean of the same hours in other weeks, times the current level: the use of
the `recent` hours divided by their own mean, shrunk towards 1. Past spans of the same length,
at the same hour of the day, with an expected use of half to twice as much, show the errors of such
expectations. The errors are measured on the cube root of used / expected, which is nearly normal.
The prediction is that of a normal sample (Student's t) there.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from burnbook.insight.forecast.method import student
from burnbook.insight.forecast.method.expected import WEEKS, expected
from burnbook.insight.forecast.method.use import DAY, WEEK, Use

LEAST_SPANS = 3
"""With fewer past spans that compare, nothing is predicted."""
_POWER = 3  # with the cube root, skewed sums are nearly normal (Wilson and Hilferty, 1931)
_FACTOR = 2.0  # spans with an expected use of half to twice as much are compared
_FLOOR = 0.0025  # of a mean week, added to each expected use, which may be 0 at night
_HALVINGS = 40
_PRIORS = (0.25, 1.0, 4.0, 1e9)  # means of `recent` hours: the last one ignores them


class Prediction(Struct, frozen=True):
    """The use of a span: `expected` times (`center` + `spread` * t)**3, t with n - 1 degrees.

    `n` is the number of independent past spans; overlapping ones count in part.
    """

    expected: float
    center: float
    spread: float
    n: int

    def quantile(self, p: float) -> float:
        """Returns the use that is not exceeded with probability `p`."""
        root = self.center + self.spread * student.quantile(p, self.n - 1)
        return self.expected * max(0.0, root) ** _POWER

    def above(self, amount: float) -> float:
        """Returns the probability that more than `amount` is used."""
        if amount <= 0:
            return 1.0
        root = math.pow(amount / self.expected, 1 / _POWER)
        return 1 - student.cdf((root - self.center) / self.spread, self.n - 1)


class Total(Struct, frozen=True):
    """What is used in all: a normal amount that is known with an `error`, and the use to come.

    The normal distribution is integrated by Gauss-Hermite quadrature with three points.
    """

    used: float
    error: float
    to_come: Prediction

    def above(self, amount: float) -> float:
        """Returns the probability that more than `amount` is used."""
        reach = math.sqrt(3) * self.error
        left = amount - self.used
        if not reach:
            return self.to_come.above(left)
        middle = self.to_come.above(left)
        return (4 * middle + sum(map(self.to_come.above, (left - reach, left + reach)))) / 6

    def quantile(self, p: float) -> float:
        """Returns the use that is not exceeded with probability `p`."""
        low = self.used - 2 * self.error
        high = self.used + 2 * self.error + self.to_come.quantile(p + 0.8 * (1 - p))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self.above(middle) > 1 - p:
                low = middle
            else:
                high = middle
        return (low + high) / 2


class Span(NamedTuple):
    """A past span: what was expected and used in it, and in the recent hours before it."""

    expected: float
    used: float
    recent_expected: float
    recent_used: float


def predict(use: Use, ended: int, recent: int, *, is_active: bool) -> Prediction | None:
    """Returns the use from the end of `use` until `ended`; None if too few spans compare.

    `recent` is a number of quarter-hours. With `is_active`, only spans count before which there was
    some recent use, as where the window of a limit begins with a request.
    """
    now = use.last
    weekly = use.between(use.first, now) * WEEK / max(1, now - use.first)
    if weekly <= 0 or now - recent < use.first:
        return None
    floor = _FLOOR * weekly
    mean = expected(use, now, ended, (now - recent, now))
    usual = expected(use, now - recent, now, (now - recent, now))
    if mean is None or usual is None:
        return None
    spans = _spans(use, ended - now, recent, mean + floor, floor, is_active=is_active)
    if len(spans) < LEAST_SPANS:
        return None
    n = max(2, _independent(len(spans), ended - now))
    of_recent = weekly * recent / WEEK
    prior = min((prior * of_recent for prior in _PRIORS), key=lambda each: _loss(spans, each))
    roots = _roots(spans, prior)
    center = sum(roots) / len(roots)
    squares = sum((root - center) ** 2 for root in roots) / len(roots)
    spread = math.sqrt(squares * n / (n - 1) * (1 + 1 / n))
    busy = (prior + use.between(now - recent, now)) / (prior + usual)
    return Prediction((mean + floor) * busy, center, max(spread, 1e-6), n)


def _spans(
    use: Use, length: int, recent: int, mean: float, floor: float, *, is_active: bool
) -> list[Span]:
    """The past spans that compare: those at the same hour of each day, the newest first."""
    result = []
    began = use.last - DAY * math.ceil(length / DAY)
    oldest = max(use.first, use.last - WEEKS * WEEK)
    while began - recent >= oldest:
        ended, before = began + length, began - recent
        without = (before, ended)
        own = expected(use, began, ended, without)
        if own is not None and mean / _FACTOR <= own + floor <= mean * _FACTOR:
            usual = expected(use, before, began, without)
            recent_used = use.between(before, began)
            if usual is not None and (recent_used > 0 or not is_active):
                span = Span(own + floor, use.between(began, ended), usual, recent_used)
                result.append(span)
        began -= DAY
    return result


def _independent(spans: int, length: int) -> int:
    """How many spans that begin a day apart would not overlap."""
    return spans if length <= DAY else round(spans * DAY / length)


def _scale(span: Span, prior: float) -> float:
    """The cube root of what is expected in a span that is as busy as the hours before it."""
    busy = (prior + span.recent_used) / (prior + span.recent_expected)
    return math.pow(span.expected * busy, 1 / _POWER)


def _roots(spans: Sequence[Span], prior: float) -> list[float]:
    """The cube root of used / expected of each span."""
    return [math.pow(span.used, 1 / _POWER) / _scale(span, prior) for span in spans]


def _loss(spans: Sequence[Span], prior: float) -> float:
    """The squares of the differences between the cube roots of the expected use and of the use."""
    roots = _roots(spans, prior)
    center = sum(roots) / len(roots)
    errors = (
        (root - center) * _scale(span, prior) for span, root in zip(spans, roots, strict=True)
    )
    return sum(error**2 for error in errors)
