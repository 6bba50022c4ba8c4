"""Tests forecasts of past moments, made only from what was known then, on what happened.

Moments of one window are not independent, so the interval of a share is that of a sample of
windows: a ratio estimator over clusters, with its linearized variance (Cochran, Sampling
Techniques, 1977, section 6.3) and Student's t.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from burnbook.budget.declared.periods import period_of
from burnbook.context import Context
from burnbook.insight.estimate import Estimate
from burnbook.insight.forecast import limits, words
from burnbook.insight.forecast.budget_log import BudgetLog
from burnbook.insight.forecast.meter_log import MeterLog, windows
from burnbook.insight.forecast.method import student
from burnbook.insight.forecast.method.forecast import Forecast, forecast
from burnbook.insight.forecast.method.history import History, moment
from burnbook.insight.forecast.method.use import DAY, HOUR
from burnbook.store.queries import QUARTER
from burnbook.view.parts import Line, Part, Table

_MOST = 60  # windows of a limit: the newest ones
_KNOWN = 2.0  # percent: as much as may be used after the last reading of a window
LEAST_WINDOWS = 3
"""With fewer windows, a share has no interval."""


class Test(NamedTuple):
    """A forecast of a past moment; `unused` at the reset, and whether the limit `ran_out`."""

    limit: str
    window: int
    forecast: Forecast
    unused: float
    ran_out: bool


class Scores(NamedTuple):
    """How good the forecasts of a limit, or of all, were. Brier scores: 0 is best, 1 worst."""

    limit: str
    windows: int
    coverage_95: Estimate
    coverage_80: Estimate
    brier: Estimate
    straight_line: Estimate


def run(ctx: Context, now: datetime) -> list[Scores]:
    """Returns the scores of all limits together, then those of each."""
    tests = [test for log in limits.meters(ctx, now) for test in of_meter(log, now)]
    for each in limits.budgets(ctx, now):
        tests += of_budget(each.log, each.per, ctx, now)
    names = [*dict.fromkeys(test.limit for test in tests)]
    of_each = [score(name, [test for test in tests if test.limit == name]) for name in names]
    return [score("all", tests), *of_each]


def of_meter(log: MeterLog, now: datetime) -> Iterator[Test]:
    """Yields tests at moments of each past window of which the end is known."""
    over = [each for each in windows(log.readings) if moment(each.ended) <= now]
    for window in over[-_MOST:]:
        end = log.as_of(moment(window.ended - 1))
        if end is None or end.resets_at != window.ended:
            continue
        last = window.shown[-1][1]
        if not window.is_full and (end.used - last > _KNOWN or not log.shows_end(window)):
            continue
        full = next((at for at, used in window.shown if used >= 99.5), None)
        for at in _moments(window.began, window.ended):
            shown = log.as_of(moment(at))
            if shown is None or shown.resets_at != window.ended or (full and at >= full):
                continue
            yield from _test(shown, max(0.0, 100 - end.used), ran_out=window.is_full)


def of_budget(log: BudgetLog, per: str, ctx: Context, now: datetime) -> Iterator[Test]:
    """Yields tests at moments of each past period of a budget; not of budgets of windows."""
    if per == "window":
        return
    period = period_of(per, now, ctx.config.zone)
    first = moment(log.since)
    for _ in range(_MOST):
        assert period.starts_at is not None and period.ends_at is not None
        period = period_of(per, moment(period.starts_at.timestamp() / QUARTER - 1), ctx.config.zone)
        assert period.starts_at is not None and period.ends_at is not None
        if period.starts_at < first:
            return
        starts, ends = (int(at.timestamp()) // QUARTER for at in (period.starts_at, period.ends_at))
        used = sum(usd for at, usd in log.spending.items() if starts <= at < ends)
        for at in _moments(starts, ends):
            shown = log.as_of(moment(at), period.starts_at, period.ends_at)
            if shown is not None and shown.left > 0:
                unused = max(0.0, log.limit.amount - used)
                yield from _test(shown, unused, ran_out=used >= log.limit.amount)


def _moments(began: int, ended: int) -> range:
    """Every day at another hour, or every hour of a window of up to a day."""
    step = HOUR if ended - began <= DAY else DAY + 5 * HOUR
    return range(began + step, ended, step)


def _test(history: History, unused: float, *, ran_out: bool) -> Iterator[Test]:
    shown = forecast(history, has_times=False)
    if shown.runs_out.value is not None:
        name = words.name(history.limit)
        yield Test(name, history.resets_at, shown, unused, ran_out)


def score(name: str, tests: Sequence[Test]) -> Scores:
    """Returns the scores of some tests."""
    inside, inside_80, scores, lines = [], [], [], []
    for test in tests:
        shown, out = test.forecast, float(test.ran_out)
        assert shown.unused.low is not None and shown.unused.high is not None and shown.unused_80
        inside.append(float(shown.unused.low <= test.unused <= shown.unused.high))
        inside_80.append(float(shown.unused_80[0] <= test.unused <= shown.unused_80[1]))
        scores.append(((shown.runs_out.value or 0.0) - out) ** 2)
        lines.append((shown.straight_line.runs_out - out) ** 2)
    groups = [(test.limit, test.window) for test in tests]
    shares = [_mean(each, groups, is_score=False) for each in (inside, inside_80)]
    errors = [_mean(each, groups, is_score=True) for each in (scores, lines)]
    return Scores(name, len(set(groups)), *shares, *errors)


def _mean(
    values: Sequence[float], groups: Sequence[tuple[str, int]], *, is_score: bool
) -> Estimate:
    """The mean of scores, or of ones and zeros, with the interval of a sample of groups."""
    if not values:
        return Estimate(reason="no past window was known and had three weeks of history before it")
    sums: dict[tuple[str, int], list[float]] = {}
    for group, value in zip(groups, values, strict=True):
        sums.setdefault(group, []).append(value)
    n, mean, count = len(values), sum(values) / len(values), len(sums)
    if count < LEAST_WINDOWS:
        return Estimate(value=mean, n=n, reason=f"{count} windows, {LEAST_WINDOWS} are needed")
    if not is_score and mean in (0.0, 1.0):
        # All or none: the exact bound of Clopper and Pearson (1934), with windows as trials.
        bound = 0.025 ** (1 / count)
        low, high = (bound, 1.0) if mean else (0.0, 1 - bound)
        return Estimate(value=mean, low=low, high=high, n=n)
    squares = sum((sum(own) - mean * len(own)) ** 2 for own in sums.values())
    error = math.sqrt(count / (count - 1) * squares) / n
    reach = student.quantile(0.975, count - 1) * error
    return Estimate(value=mean, low=max(0.0, mean - reach), high=min(1.0, mean + reach), n=n)


def data(scores: Sequence[Scores]) -> dict[str, Any]:
    """The scores for JSON."""
    names = ("coverage_95", "coverage_80", "brier", "straight_line")
    rows = [
        {
            "limit": row.limit,
            "windows": row.windows,
            **{name: getattr(row, name).figures() for name in names},
        }
        for row in scores
    ]
    return {"all": rows[0], "limits": rows[1:]}


def parts(scores: Sequence[Scores]) -> list[Part]:
    """The scores of all, then a row for each limit."""
    first, rows = scores[0], scores[1:]
    if first.brier.value is None:
        return [Line(f"not known: {first.brier.reason}", strong=True)]
    covered = f"the 95% bands held {_percent(first.coverage_95)}"
    below = f"Brier score {_digits(first.brier)}, straight line {_digits(first.straight_line)}"
    n = f"n = {first.brier.n} in {first.windows} windows"
    head = ("limit", "95% bands held", "80%", "Brier", "straight", "n", "windows")
    lines = [
        (
            *(row.limit, _percent(row.coverage_95), _short(row.coverage_80)),
            *(_digits(row.brier), _digits(row.straight_line), str(row.brier.n), str(row.windows)),
        )
        for row in rows
    ]
    result: list[Part] = [Line(f"{covered}; {below}; {n}", strong=True)]
    return [*result, Table(head, lines, "<>>>>>>")] if rows else result


def _percent(value: Estimate) -> str:
    shown = _short(value)
    if value.low is None or value.high is None:
        return shown
    return f"{shown} [{100 * value.low:.0f}, {100 * value.high:.0f}]"


def _short(value: Estimate) -> str:
    return "-" if value.value is None else f"{100 * value.value:.0f}%"


def _digits(value: Estimate) -> str:
    return "-" if value.value is None else f"{value.value:.3f}"
