"""How fast something is used up, and what that comes to: rates, a band, and when it runs out.

Pure: no clock in here. The band is what the rate of the time to come may be.

Of a pace (tokens by ten minutes, or by quarters of an hour) it is the prediction interval of 95%
for the mean of the `m` stretches that are left, from the `n` whole ones there were: rate +- t * s *
sqrt(1/n + 1/m), with s their standard deviation and t Student's for n - 1. It is widened to take in
the last hour's rate.
Of readings it goes from the slowest to the fastest stretch between two, each as wide as the
rounding of what was read allows. Under three stretches nothing tells how steady the use is; then it
is at least half to twice the rate. A band never starts below 0.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from burnbook.base.stats import t_quantile

BUCKET = 600  # seconds, as derive/traffic.py counts
LEAST = timedelta(seconds=BUCKET)  # a rate over less would be noise
LEAST_N = 3
_HOUR = timedelta(hours=1)
_FAR = 10 * 366 * 24.0  # hours: what runs out later does not run out


class Rate(msgspec.Struct, frozen=True):
    """Per hour: over the last hour, over all of it, and the band; null is not known.

    `stretches` says from how many stretches of time the band is.
    """

    last_hour: float | None
    window: float | None
    low: float | None
    high: float | None
    stretches: int


UNKNOWN = Rate(None, None, None, None, 0)

Reading = tuple[datetime, float]


class Out(msgspec.Struct, frozen=True):
    """When something runs out: between two moments; null is not at such a rate.

    `over`: there is nothing left already.
    """

    over: bool
    earliest: datetime | None
    latest: datetime | None


def of_pace(
    pace: Mapping[int, int],
    began: datetime,
    until: datetime,
    ends_at: datetime | None,
    bucket: int = BUCKET,
) -> Rate:
    """Tokens per hour from tokens by stretches (epoch seconds // bucket) of a window.

    The last hour is the stretches that begin in it, up to `until`: an hour, or one stretch less.
    Without an end the band is that of the next hour.
    """
    if (until - began).total_seconds() < bucket:
        return UNKNOWN
    first, last = began.timestamp() / bucket, until.timestamp() / bucket
    told = {at: tokens for at, tokens in pace.items() if at < last}
    window = sum(told.values()) * 3600 / bucket / (last - first)
    begins = math.ceil((until - _HOUR).timestamp() / bucket)
    hour = sum(n for at, n in told.items() if at >= begins) * 3600 / bucket
    hour /= last - max(first, begins)
    start, end = math.ceil(first), math.floor(last)
    n = max(0, end - start)
    if n < 2:
        return Rate(hour, window, None, None, n)
    to_come = (
        (ends_at - until).total_seconds() / bucket if ends_at and ends_at > until else 3600 / bucket
    )
    whole = [tokens * 3600 / bucket for at, tokens in told.items() if start <= at < end]
    reach = t_quantile(n - 1) * _deviation(whole, n) * math.sqrt(1 / n + 1 / max(1.0, to_come))
    low, high = min(window - reach, hour), max(window + reach, hour)
    return Rate(hour, window, max(0.0, low), high, n)


def of_readings(readings: Sequence[Reading], rounding: float) -> Rate:
    """Per hour, from what one meter showed at some moments, oldest first.

    Each reading may be half of `rounding` off. A fall is no use: that stretch is left out. So is a
    reading within ten minutes of the one before it, where rounding would be all there is.
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


def together(rates: Sequence[Rate]) -> Rate:
    """The rate of all; not known where that of one is not, for a part is not the whole."""
    if not rates or any(rate.window is None for rate in rates):
        return UNKNOWN
    return Rate(
        last_hour=None,
        window=sum(rate.window or 0 for rate in rates),
        low=sum(rate.low or 0 for rate in rates),
        high=sum(rate.high or 0 for rate in rates),
        stretches=sum(rate.stretches for rate in rates),
    )


def runs_out(at: datetime, left: float, rate: Rate) -> Out:
    """When what is `left` at a moment is used up, at the band's rates."""
    if left <= 0:
        return Out(over=True, earliest=None, latest=None)
    return Out(False, _after(at, left, rate.high), _after(at, left, rate.low))


def _after(at: datetime, left: float, per_hour: float | None) -> datetime | None:
    if not per_hour or left / per_hour > _FAR:
        return None
    return (at + timedelta(hours=left / per_hour)).replace(microsecond=0)


def _deviation(values: Sequence[float], n: int) -> float:
    """The standard deviation of `n` values: these, and for the rest zeros."""
    mean = sum(values) / n
    squares = sum((value - mean) ** 2 for value in values) + (n - len(values)) * mean * mean
    return math.sqrt(squares / (n - 1))


class Projection(msgspec.Struct, frozen=True):
    """What the band comes to: tokens at the window's end, and when target and capacity run out.

    `reason` says why something of it is null.
    """

    at: datetime | None
    used_tokens_low: int | None
    used_tokens_high: int | None
    target_runs_out: Out | None
    capacity_runs_out: Out | None
    reason: str | None
