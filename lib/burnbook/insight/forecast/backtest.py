"""Tests forecasts of past moments, made only from what was known then, on what happened."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from burnbook.budget.declared.periods import period_of
from burnbook.context import Context
from burnbook.insight.estimate import Estimate
from burnbook.insight.forecast import limits, words
from burnbook.insight.forecast.budget_log import BudgetLog
from burnbook.insight.forecast.meter_log import MeterLog, windows
from burnbook.insight.forecast.method.forecast import forecast
from burnbook.insight.forecast.method.history import History, moment
from burnbook.insight.forecast.method.use import DAY, HOUR
from burnbook.insight.forecast.scores import Scores, Test, score
from burnbook.store.queries import QUARTER
from burnbook.view.parts import Line, Part, Table

_MOST = 60  # windows of a limit: the newest ones
_KNOWN = 2.0  # percent: as much as may be used after the last reading of a window


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
