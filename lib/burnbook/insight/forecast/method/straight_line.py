"""The forecast without a history: the rate since the last reset goes on. Pure.

The mean rate is what was used by the time since the reset. The least and the greatest one are those
that `budget` shows (`budget/burn_rate.py`).
"""

from datetime import datetime, timedelta

from msgspec import Struct

from burnbook.budget import burn_rate
from burnbook.budget.burn_rate import Rate
from burnbook.insight.forecast.method.history import History, moment
from burnbook.store.queries import QUARTER

_HOUR = timedelta(hours=1)


class Line(Struct, frozen=True):
    """What is unused at the reset: at the mean rate, at the greatest and at the least one.

    `earliest` and `latest` are when the limit runs out at the greatest and the least rate, null if
    after the reset. All are null where no rate is known.
    """

    unused: float | None
    low: float | None
    high: float | None
    earliest: datetime | None
    latest: datetime | None

    @property
    def runs_out(self) -> float:
        """1 if the limit runs out at the mean rate, 0 if not, 0.5 where no rate is known.

        It is not a probability, but the answer of a straight line.
        """
        return 0.5 if self.unused is None else float(self.unused <= 0)

    @property
    def band_runs_out(self) -> float:
        """1 if the limit runs out at all rates of the band, 0 if at none, else 0.5."""
        if self.latest is not None:
            return 1.0
        return 0.5 if self.unused is None or self.earliest is not None else 0.0


UNKNOWN = Line(None, None, None, None, None)


def line(history: History) -> Line:
    """Returns the straight line of a limit from the moment that is known last."""
    now, resets_at = moment(history.use.last), moment(history.resets_at)
    passed, left = (history.use.last - history.began) * QUARTER / 3600, history.left
    hours = (resets_at - now) / _HOUR
    if passed <= 0 or hours <= 0:
        return UNKNOWN
    if left <= 0:
        return Line(0.0, 0.0, 0.0, now, now)
    mean, band = history.used / passed, _rate(history)
    low, high = (mean if each is None else each for each in (band.low, band.high))
    rate = Rate(None, mean, min(low, mean), max(high, mean), band.stretches)
    out = burn_rate.runs_out(now, left, rate)
    early, late = (at if at and at < resets_at else None for at in (out.earliest, out.latest))
    unused, least, most = (
        max(0.0, left - (each or 0.0) * hours) for each in (mean, rate.high, rate.low)
    )
    return Line(unused, least, most, early, late)


def _rate(history: History) -> Rate:
    """The rate of the readings since the reset; without them, of the use by quarter-hours."""
    use, began = history.use, max(history.began, history.use.first)
    if len(history.readings) > 1:
        return burn_rate.of_readings(history.readings, history.limit.rounding)
    pace = {at: use.between(at, at + 1) for at in range(began, use.last)}
    span = moment(began), moment(use.last), moment(history.resets_at)
    return burn_rate.of_pace(pace, *span, QUARTER)
