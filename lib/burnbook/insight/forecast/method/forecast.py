"""The forecast of one limit: whether it runs out before its reset, when, and what is left. Pure."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from msgspec import Struct

from burnbook.insight.estimate import Estimate
from burnbook.insight.forecast.method.expected import WEEKS
from burnbook.insight.forecast.method.history import LEAST_WEEKS, History, Limit, moment
from burnbook.insight.forecast.method.prediction import Total, predict
from burnbook.insight.forecast.method.straight_line import Line, line
from burnbook.insight.forecast.method.use import DAY, WEEK

_MINUTES = 15  # of a quarter-hour
_STEPS = 24  # moments until the reset at which the probability is computed
_LEVEL, _NARROW = 0.95, 0.8
PROFILE, STRAIGHT = "hours of the week", "straight line"


class Times(Struct, frozen=True):
    """When a limit runs out, if it does so before its reset: the median, and two bands."""

    median: datetime
    low_80: datetime
    high_80: datetime
    low_95: datetime
    high_95: datetime


class Forecast(Struct, frozen=True, kw_only=True):
    """The forecast of a limit until `resets_at`, from what was known at `as_of`.

    It was requested at `asked_at`. `runs_out` is the probability that the limit runs out before its
    reset, `runs_out_at` when it does. `unused` is what will be left at the reset, in the limit's
    unit, and `unused_80` its 80% band. `method` is `straight line` where there is too little
    history; then `reason` says why, and there is no probability. `weeks` is how much history there
    is.
    """

    limit: Limit
    as_of: datetime
    asked_at: datetime
    resets_at: datetime
    used: float
    left: float
    method: str
    weeks: float
    runs_out: Estimate
    runs_out_at: Times | None
    unused: Estimate
    unused_80: tuple[float, float] | None
    straight_line: Line
    reason: str | None = None


def forecast(history: History, *, has_times: bool = True) -> Forecast:
    """Returns the forecast of a limit whose window is not over.

    Without `has_times`, it does not say when the limit runs out, which takes most of the time.
    """
    reason = None if history.weeks >= LEAST_WEEKS else short(history.weeks)
    if history.resets_at - history.use.last > WEEKS * WEEK:
        reason = f"its reset is more than {WEEKS} weeks away"
    prediction = None if reason else prediction_of(history, history.resets_at)
    if prediction is None:
        return _straight(history, reason or "too few spans compare with what is left")
    if history.left <= 0 and history.used_error < 1:
        return _build(history, 1.0, None, (0.0, 0.0), (0.0, 0.0), prediction)
    chance = prediction.above(history.limit.amount)
    wide, narrow = (band(prediction, history.limit, level) for level in (_LEVEL, _NARROW))
    times = _times(history) if has_times else None
    return _build(history, chance, times, wide, narrow, prediction)


def short(weeks: float) -> str:
    """The reason for a straight line where the history is short."""
    known = "no" if weeks <= 0 else f"{weeks:.1f} weeks of"
    return f"{known} history, {LEAST_WEEKS} weeks are needed"


def prediction_of(history: History, until: int) -> Total | None:
    """Returns what is used of a limit up to a moment; None if too little compares."""
    length = history.resets_at - history.began
    now = history.use.last
    is_short = length <= DAY
    recent = max(1, now - history.began) if is_short else WEEK
    is_active = is_short and history.limit.kind == "meter"
    to_come = predict(history.use, until, recent, is_active=is_active)
    return None if to_come is None else Total(history.used, history.used_error, to_come)


def band(total: Total, limit: Limit, level: float) -> tuple[float, float]:
    """Returns between which amounts lies what is left at the reset, with probability `level`.

    Where nothing is left in more cases than are beyond the band at one end, the band begins at 0,
    and all cases beyond it are at the other end.
    """
    beyond, amount, slack = 1 - level, limit.amount, limit.rounding / 2
    most = total.quantile(1 - beyond / 2)
    is_one_sided = most >= amount
    least = total.quantile(beyond if is_one_sided else beyond / 2)
    low = 0.0 if is_one_sided else max(0.0, amount - most - slack)
    return round(low, 2), round(max(0.0, amount - least) + slack, 2)


def _build(
    history: History,
    chance: float,
    times: Times | None,
    unused: tuple[float, float],
    unused_80: tuple[float, float],
    total: Total,
) -> Forecast:
    median = max(0.0, history.limit.amount - total.quantile(0.5))
    n = total.to_come.n
    return Forecast(
        **_about(history),
        method=PROFILE,
        runs_out=Estimate(value=round(chance, 4), n=n),
        runs_out_at=times,
        unused=Estimate(value=round(median, 2), low=unused[0], high=unused[1], n=n),
        unused_80=unused_80,
    )


def _about(history: History) -> dict[str, Any]:
    return {
        "limit": history.limit,
        "as_of": moment(min(history.use.last, history.asked_at)),
        "asked_at": moment(history.asked_at),
        "resets_at": moment(history.resets_at),
        "used": round(history.used, 2),
        "left": round(max(0.0, history.left), 2),
        "weeks": round(history.weeks, 2),
        "straight_line": line(history),
    }


def _straight(history: History, reason: str) -> Forecast:
    """The straight line alone, which has no probability."""
    unknown = Estimate(reason=reason)
    return Forecast(
        **_about(history),
        method=STRAIGHT,
        runs_out=unknown,
        runs_out_at=None,
        unused=unknown,
        unused_80=None,
        reason=reason,
    )


def _times(history: History) -> Times | None:
    """When the limit runs out, if it does: from the probability at moments until the reset."""
    now, resets_at = history.use.last, history.resets_at
    reached = [(float(now), 0.0)]
    for number in range(1, _STEPS + 1):
        at = now + round((resets_at - now) * number / _STEPS)
        if at <= reached[-1][0]:
            continue
        prediction = prediction_of(history, at)
        chance = reached[-1][1] if prediction is None else prediction.above(history.limit.amount)
        reached.append((at, max(chance, reached[-1][1])))
    last = reached[-1][1]
    if last <= 0:
        return None
    shares = (0.5, 0.1, 0.9, 0.025, 0.975)
    minutes = (_when(reached, share * last) * _MINUTES // 1 for share in shares)
    return Times(*(moment(minute / _MINUTES) for minute in minutes))


def _when(reached: Sequence[tuple[float, float]], chance: float) -> float:
    """The moment at which a probability is reached, between two moments in proportion."""
    for (before, low), (after, high) in pairwise(reached):
        if high >= chance:
            share = (chance - low) / (high - low) if high > low else 1.0
            return before + share * (after - before)
    return reached[-1][0]
