"""Simulate accounts whose future is known, and compare it with what `forecast` predicts.

Each account has its own hours of the day and days of the week, busy and quiet weeks that follow
each other, days off, a trend, requests of very different sizes, and a limit too small, about
right or too large. The forecast knows only what a book knows: some readings, rounded, and requests
with list prices that differ from what the vendor counts. It is asked at a random moment of the last
week. Prints each figure with its target; the exit code is 1 if a target is missed.

Example:
  .venv/bin/python benchmarks/simulate_forecast.py --accounts 1000
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))

from burnbook import extras
from burnbook.insight.forecast.budget_log import BudgetLog
from burnbook.insight.forecast.meter_log import MeterLog
from burnbook.insight.forecast.method.forecast import Forecast, forecast
from burnbook.insight.forecast.method.history import Limit, moment
from burnbook.insight.forecast.method.use import DAY, WEEK
from burnbook.meters.deltas import Seen
from burnbook.rows.meters import Meter

Array = Any
WEEKS = (3, 16)  # of history; the last week is the one that is forecast
QUESTIONS = 3  # for each account
MONTH = 30 * DAY
FIRST = 1_900_416  # a quarter-hour: a Monday, 00:00 UTC
SESSION = 20  # quarter-hours of a five-hour window
COVERAGE = (0.93, 0.97)  # the target of the 95% bands
KINDS = ("weekly", "session", "month")


class Requests(NamedTuple):
    """The requests of an account, in order: time in quarter-hours, weight, and list price."""

    at: Array
    weight: Array
    usd: Array


class Answer(NamedTuple):
    """A forecast, and what happened: the share used at the reset, and when the limit ran out."""

    kind: str
    weeks: int
    forecast: Forecast | None
    unused: float
    ran_out: float | None


def requests(draw: Array, weeks: int) -> Requests:
    """Invent the requests of some weeks. `draw` is a generator of numpy."""
    import numpy as np

    days = 7 * weeks
    hours = np.zeros(24)
    for _ in range(draw.integers(1, 4)):  # a morning, an afternoon, an evening
        distance = (np.arange(24) - draw.uniform(7, 23) + 12) % 24 - 12
        hours += draw.uniform(0.3, 1) * np.exp(-((distance / draw.uniform(1, 3)) ** 2) / 2)
    weekdays = np.exp(draw.normal(0, 0.25, 7))
    weekdays[5:] *= draw.uniform(0, 0.8)
    busy, keeps, change = np.zeros(weeks), draw.uniform(0, 0.8), draw.uniform(0.1, 0.4)
    for week in range(weeks):
        busy[week] = (
            keeps * busy[week - 1] + draw.normal(0, change) if week else draw.normal(0, 0.3)
        )
    level = np.exp(np.repeat(busy, 7) + draw.uniform(-0.03, 0.05) * np.arange(days) / 7)
    level *= np.exp(draw.normal(0, draw.uniform(0.2, 0.7), days)) * np.tile(weekdays, weeks)
    level *= draw.random(days) >= draw.uniform(0, 0.15)  # days off
    mean = draw.uniform(6, 60) * level[:, None] * hours[None] / hours.sum()
    counts = draw.poisson(mean.ravel())
    at = np.sort(np.repeat(np.arange(24 * days) * 4, counts) + draw.random(counts.sum()) * 4)
    weight = draw.lognormal(0, draw.uniform(0.5, 1.1), len(at))
    model = draw.integers(0, 3, len(at))  # list prices are wrong by a factor for each model
    price = np.exp(draw.normal(0, 0.2, 3))[model] * np.exp(draw.normal(0, 0.15, len(at)))
    return Requests(at + FIRST, weight, weight * price)


def weekly_windows(draw: Array, at: Array) -> Array:
    """The beginning of each request's window: a week, from a reset on."""
    import numpy as np

    offset = draw.integers(0, WEEK) + FIRST
    return np.floor((at - offset) / WEEK) * WEEK + offset


def session_windows(draw: Array, at: Array) -> Array:
    """The same for windows of five hours, which begin with a request."""
    import numpy as np

    began, result = -np.inf, np.empty(len(at))
    for number, moment_of_request in enumerate(at):
        if moment_of_request >= began + SESSION:
            began = np.floor(moment_of_request)
        result[number] = began
    return result


def answers(draw: Array, kind: str) -> Iterator[Answer]:
    """One account: its forecasts at random moments of the last week."""
    import numpy as np

    weeks = int(draw.integers(WEEKS[0], WEEKS[1] + 1))
    traffic = requests(draw, weeks + 1 + (5 if kind == "month" else 1))
    if len(traffic.at) < 20 * weeks:
        return
    if kind == "month":
        yield from _of_budget(draw, traffic, weeks)
        return
    began = (weekly_windows if kind == "weekly" else session_windows)(draw, traffic.at)
    length = WEEK if kind == "weekly" else SESSION
    _, first = np.unique(began, return_index=True)
    totals = np.add.reduceat(traffic.weight, first)
    points = traffic.weight * 100 * draw.uniform(0.25, 1.3) / np.mean(totals)
    used = np.cumsum(points)
    used -= np.repeat((used - points)[first], np.diff([*first, len(points)]))
    is_sent = used - points < 100  # the vendor refuses the others
    log = _log(draw, traffic, began, np.minimum(used, 100), is_sent, length)
    starts = FIRST + weeks * WEEK
    late = np.flatnonzero((began >= starts - length) & (began < starts + WEEK))
    for _ in range(QUESTIONS):
        if not len(late):
            return
        window = began[draw.choice(late)] if kind == "session" else began[late[-1]]
        asked = int(draw.integers(window + 1, window + length))
        own = np.flatnonzero(began == window)
        before = own[traffic.at[own] < asked]
        if len(before) and used[before[-1]] >= 100:
            continue  # it has run out already
        out = next((traffic.at[n] for n in own if used[n] >= 100), None)
        shown = log.as_of(moment(asked))
        unused = max(0.0, 100 - used[own[-1]])
        yield Answer(kind, weeks, None if shown is None else forecast(shown), unused, out)


def _log(
    draw: Array, traffic: Requests, began: Array, used: Array, is_sent: Array, length: int
) -> MeterLog:
    """What a book knows: readings after some requests, on some days, and list prices."""
    import numpy as np

    rate, decimals = draw.uniform(0.02, 0.5), int(draw.integers(0, 2))
    has_readings = draw.random(int(traffic.at[-1] / DAY) + 1) > 0.15
    is_read = (
        is_sent & (draw.random(len(used)) < rate) & has_readings[(traffic.at / DAY).astype(int)]
    )
    minutes = 15 * length
    readings = [
        Seen(
            moment(traffic.at[n] + 0.01),
            Meter("limit", round(float(used[n]), decimals), minutes, moment(began[n] + length)),
        )
        for n in np.flatnonzero(is_read)
    ]
    quarters = np.floor(traffic.at[is_sent]).astype(int)
    spending: dict[int, float] = {}
    for at, usd in zip(quarters.tolist(), traffic.usd[is_sent].tolist(), strict=True):
        spending[at] = spending.get(at, 0.0) + usd
    limit = Limit(
        "meter", "limit", "percent", 100.0, window_minutes=minutes, rounding=10**-decimals
    )
    return MeterLog(limit, readings, spending)


def _of_budget(draw: Array, traffic: Requests, weeks: int) -> Iterator[Answer]:
    """A 30-day budget in USD; requests go on after it is exceeded."""
    import numpy as np

    spending: dict[int, float] = {}
    for at, usd in zip(
        np.floor(traffic.at).astype(int).tolist(), traffic.usd.tolist(), strict=True
    ):
        spending[at] = spending.get(at, 0.0) + usd
    amount = traffic.usd.sum() / (traffic.at[-1] - FIRST) * MONTH * draw.uniform(0.6, 1.6)
    log = BudgetLog(Limit("budget", "month", "usd", amount), spending, FIRST)
    for _ in range(QUESTIONS):
        asked = FIRST + weeks * WEEK + int(draw.integers(0, WEEK))
        starts = asked - int(draw.integers(1, MONTH))
        in_month = (traffic.at >= starts) & (traffic.at < starts + MONTH)
        used = np.cumsum(traffic.usd[in_month])
        if not len(used) or starts < FIRST or starts + MONTH > traffic.at[-1]:
            continue
        over = np.flatnonzero(used >= amount)
        out = traffic.at[in_month][over[0]] if len(over) else None
        if out is not None and out < asked + 1:
            continue
        shown = log.as_of(moment(asked), moment(starts), moment(starts + MONTH))
        unused = max(0.0, amount - used[-1])
        yield Answer("month", weeks, None if shown is None else forecast(shown), unused, out)


def figures(rows: Sequence[Answer]) -> dict[str, float]:
    """The coverage of the bands and the Brier scores; `n` is the number of forecasts.

    `straight` is the straight line's score, `its band` that of 0, 0.5 and 1 by its band. `when` is
    the coverage of the 95% band of the time, of those that ran out.
    """
    known = [row for row in rows if row.forecast and row.forecast.runs_out.value is not None]
    scores, lines, bands, inside, inside_80, when = [], [], [], [], [], []
    for row in known:
        shown = row.forecast
        assert shown is not None and shown.runs_out.value is not None
        assert shown.unused.low is not None and shown.unused.high is not None and shown.unused_80
        out = float(row.ran_out is not None)
        scores.append((shown.runs_out.value - out) ** 2)
        lines.append((shown.straight_line.runs_out - out) ** 2)
        bands.append((shown.straight_line.band_runs_out - out) ** 2)
        inside.append(shown.unused.low - 1e-9 <= row.unused <= shown.unused.high + 1e-9)
        inside_80.append(shown.unused_80[0] - 1e-9 <= row.unused <= shown.unused_80[1] + 1e-9)
        if row.ran_out is not None and shown.runs_out_at is not None:
            at, step = moment(row.ran_out), timedelta(minutes=15)
            band = shown.runs_out_at
            when.append(band.low_95 - step <= at <= band.high_95 + step)
    n = max(1, len(known))
    return {
        "n": len(known),
        "not known": 1 - len(known) / max(1, len(rows)),
        "coverage": sum(inside) / n,
        "80% band": sum(inside_80) / n,
        "brier": sum(scores) / n,
        "straight": sum(lines) / n,
        "its band": sum(bands) / n,
        "when": sum(when) / max(1, len(when)),
    }


def simulate(accounts: int, seed: int) -> list[Answer]:
    """The answers of that many accounts; a third of them of each kind."""
    extras.use("insight", "forecast")
    import numpy as np

    draw = np.random.default_rng(seed)
    return [row for n in range(accounts) for row in answers(draw, KINDS[n % len(KINDS)])]


def main(words: Sequence[str] | None = None) -> int:
    """Print the figures of all accounts and of each kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20)
    given = parser.parse_args(words)
    rows = simulate(given.accounts, given.seed)
    print(f"{'':12}", *(f"{head:>11}" for head in figures(rows)))
    for kind in KINDS:
        _print(kind, [row for row in rows if row.kind == kind])
    for least, most in ((3, 4), (5, 8), (9, 16)):
        _print(f"{least}-{most} weeks", [row for row in rows if least <= row.weeks <= most])
    _print("all", rows)
    shown = figures(rows)
    low, high = COVERAGE
    best = min(shown["straight"], shown["its band"])
    holds = [low <= shown["coverage"] <= high, shown["brier"] < best]
    covers = f"95% bands cover {shown['coverage']:.1%}, target {low:.0%} to {high:.0%}"
    scores = f"Brier score {shown['brier']:.3f}, target below {best:.3f}, the straight line's"
    for text, is_held in zip((covers, scores), holds, strict=True):
        print(f"{text}: {'holds' if is_held else 'missed'}")
    return 0 if all(holds) else 1


def _print(name: str, rows: Sequence[Answer]) -> None:
    cells = [
        f"{value:.0f}" if key == "n" else f"{value:.3f}" for key, value in figures(rows).items()
    ]
    print(f"{name:12}", *(f"{cell:>11}" for cell in cells))


if __name__ == "__main__":
    raise SystemExit(main())
