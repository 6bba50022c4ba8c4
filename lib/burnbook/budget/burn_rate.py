"""Rates of use, the band that the future rate lies in, and when something runs out. Pure.

For a pace (tokens per ten minutes, or per quarter of an hour), the band is the 95% prediction
interval for the mean of the `m` remaining intervals, from the `n` whole ones so far: rate +- t * s
* sqrt(1/n + 1/m), with s their standard deviation and t Student's for n - 1. It is widened to
include the rate of the last hour.
For readings, it goes from the slowest to the fastest interval between two readings, each widened by
the rounding of the readings. Under three intervals, the variance is unknown, and the band is at
least half to twice the rate. A band never starts below 0.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from burnbook.base.stats import t_quantile

BUCKET = 600  # seconds, as in telemetry/traffic.py
LEAST = timedelta(seconds=BUCKET)  # a rate over a shorter time would be noise
LEAST_N = 3
_HOUR = timedelta(hours=1)
_FAR = 10 * 366 * 24.0  # hours: later than this counts as never


class Rate(msgspec.Struct, frozen=True):
    """Per hour: over the last hour, over the window, and the band. Null is unknown.

    `stretches` is the number of intervals that the band is computed from.
    """

    last_hour: float | None
    window: float | None
    low: float | None
    high: float | None
    stretches: int


UNKNOWN = Rate(None, None, None, None, 0)

Reading = tuple[datetime, float]


class Out(msgspec.Struct, frozen=True):
    """The moments between which something runs out; null means never at that rate.

    `over` means that nothing is left already.
    """

    over: bool
    earliest: datetime | None
    latest: datetime | None


def of_pace(
    pace: Mapping[int, float],
    began: datetime,
    until: datetime,
    ends_at: datetime | None,
    bucket: int = BUCKET,
) -> Rate:
    """Returns the amount per hour, from amounts by interval (epoch seconds // bucket) of a window.

    The last hour consists of the intervals that begin in it, up to `until`. Without `ends_at`, the
    band is for the next hour.
    """
    if (until - began).total_seconds() < bucket:
        return UNKNOWN
    first, last = began.timestamp() / bucket, until.timestamp() / bucket
    known = {n: tokens for n, tokens in pace.items() if n < last}
    window = sum(known.values()) * 3600 / bucket / (last - first)
    begins = math.ceil((until - _HOUR).timestamp() / bucket)
    hour = sum(tokens for n, tokens in known.items() if n >= begins) * 3600 / bucket
    hour /= last - max(first, begins)
    start, end = math.ceil(first), math.floor(last)
    n = max(0, end - start)
    if n < 2:
        return Rate(hour, window, None, None, n)
    to_come = (
        (ends_at - until).total_seconds() / bucket if ends_at and ends_at > until else 3600 / bucket
    )
    whole = [tokens * 3600 / bucket for at, tokens in known.items() if start <= at < end]
    reach = t_quantile(n - 1) * _deviation(whole, n) * math.sqrt(1 / n + 1 / max(1.0, to_come))
    low, high = min(window - reach, hour), max(window + reach, hour)
    return Rate(hour, window, max(0.0, low), high, n)


def of_readings(readings: Sequence[Reading], rounding: float) -> Rate:
    """Returns the rate per hour from the readings of one meter, oldest first.

    Each reading may be off by half of `rounding`. Intervals in which the meter fell are ignored.
    So are readings within ten minutes of the one before, which would show mostly rounding.
    """
    stretches: list[tuple[float, float]] = []
    kept: Reading | None = None
    for moment, value in readings:
        if kept is not None and value >= kept[1]:
            if moment - kept[0] < LEAST:
                continue
            stretches.append(((moment - kept[0]) / _HOUR, value - kept[1]))
        kept = moment, value
    if not stretches:
        return UNKNOWN
    window = sum(used for _, used in stretches) / sum(hours for hours, _ in stretches)
    low = min((used - rounding) / hours for hours, used in stretches)
    high = max((used + rounding) / hours for hours, used in stretches)
    if len(stretches) < LEAST_N:
        low, high = min(low, window / 2), max(high, 2 * window)
    return Rate(None, window, max(0.0, low), high, len(stretches))


def runs_out(at: datetime, left: float, rate: Rate) -> Out:
    """Returns when the amount `left` at a moment is used up, at the rates of the band."""
    if left <= 0:
        return Out(over=True, earliest=None, latest=None)
    return Out(False, _after(at, left, rate.high), _after(at, left, rate.low))


def _after(at: datetime, left: float, per_hour: float | None) -> datetime | None:
    if not per_hour or left / per_hour > _FAR:
        return None
    return (at + timedelta(hours=left / per_hour)).replace(microsecond=0)


def _deviation(values: Sequence[float], n: int) -> float:
    """Returns the standard deviation of `n` values: the given ones, and zeros for the rest."""
    mean = sum(values) / n
    squares = sum((value - mean) ** 2 for value in values) + (n - len(values)) * mean * mean
    return math.sqrt(squares / (n - 1))


class Projection(msgspec.Struct, frozen=True):
    """The tokens at the window's end, and when the plan is used up; null if there is no plan.

    `reason` explains other null values.
    """

    at: datetime | None
    used_tokens_low: int | None
    used_tokens_high: int | None
    target_runs_out: Out | None
    reason: str | None
