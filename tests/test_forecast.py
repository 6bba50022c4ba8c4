"""The forecast of meters and budgets: the method on numbers, and what quick commands show of it."""

import itertools
import json
import math
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from burnbook import extras
from burnbook.insight.forecast import backtest, kept, scores, words
from burnbook.insight.forecast.budget_log import BudgetLog
from burnbook.insight.forecast.kept import Kept
from burnbook.insight.forecast.meter_log import MeterLog, windows
from burnbook.insight.forecast.method import student
from burnbook.insight.forecast.method.expected import expected
from burnbook.insight.forecast.method.forecast import PROFILE, STRAIGHT, forecast
from burnbook.insight.forecast.method.history import Limit, moment
from burnbook.insight.forecast.method.prediction import Prediction, Total
from burnbook.insight.forecast.method.use import DAY, WEEK, Gap, Use, filled
from burnbook.meters.deltas import Seen
from burnbook.rows.meters import Meter
from conftest import Shell

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = 1_985_760  # 2026-08-17 00:00 UTC, in quarter-hours
LIMIT = Limit("meter", "weekly", "percent", 100.0, "codex", "ada", 10_080, 1.0)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 30, 101])
def test_student_is_that_of_scipy(freedom: int) -> None:
    extras.use("insight", "forecast")
    t = pytest.importorskip("scipy.stats").t
    for x in (-40.0, -2.5, -1.0, 0.0, 0.3, 1.96, 12.0):
        assert student.cdf(x, freedom) == pytest.approx(t.cdf(x, freedom), abs=1e-12)
    for p in (0.001, 0.025, 0.1, 0.5, 0.8, 0.975):
        assert student.quantile(p, freedom) == pytest.approx(t.ppf(p, freedom), abs=1e-6)


def test_the_same_hours_of_other_weeks_are_expected() -> None:
    values = [0.0] * (4 * WEEK)
    for week, amount in enumerate((10.0, 20.0, 30.0)):
        values[week * WEEK + 40] = amount
        values[week * WEEK + 400] = 5.0  # another day of the week
    use = Use(MONDAY, values)
    began = MONDAY + 3 * WEEK
    got = expected(use, began, began + 2 * DAY, (began, began + 2 * DAY))
    assert got is not None
    assert 20 < got < 30  # the nearest week counts most


def test_a_span_that_is_left_out_does_not_count() -> None:
    values = [1.0] * (3 * WEEK)
    values[WEEK : 2 * WEEK] = [100.0] * WEEK
    use = Use(0, values)
    wrong = WEEK, 2 * WEEK
    assert expected(use, 2 * WEEK, 2 * WEEK + 2 * DAY, wrong) == pytest.approx(2 * DAY)
    assert expected(Use(0, values[:WEEK]), 0, 2 * DAY, (0, 2 * DAY)) is None


def test_expected_is_the_weighted_mean_of_all_spans() -> None:
    draw = random.Random(1)
    use = Use(7, [draw.random() for _ in range(5 * WEEK)])
    for length, ago in itertools.product((3, DAY, 300), (0, 50, 700)):
        began = use.last - ago - length
        without = began - 90, began + length
        step, total, weight = (DAY if length <= DAY else WEEK), 0.0, 0.0
        for shift in range(-40, 41):
            low = began - shift * step
            if low < use.first or low + length > use.last:
                continue
            if low < without[1] and low + length > without[0]:
                continue
            part = 0.5 ** (abs(shift) * step / WEEK / 4)
            part *= 1 if shift * step % WEEK == 0 else 0.1
            total, weight = total + part * use.between(low, low + length), weight + part
        assert expected(use, began, began + length, without) == pytest.approx(total / weight)


def test_a_gap_has_the_use_of_the_same_hours_times_how_busy_the_window_was() -> None:
    values = [1.0] * (2 * WEEK) + [3.0] * (WEEK // 2) + [0.0] * (WEEK // 2)
    gap = Gap(2 * WEEK + WEEK // 2, 3 * WEEK, 2 * WEEK)
    result = filled(0, values, [gap])
    assert result[: gap.first] == values[: gap.first]
    mean = sum(result[gap.first :]) / (WEEK // 2)
    assert 1.3 < mean < 3  # busier than usual, drawn towards the usual


def readings(*shown: tuple[float, float, float]) -> list[Seen]:
    """Readings: (days after MONDAY, percent, days until the reset after MONDAY)."""
    return [
        Seen(moment(MONDAY + at * DAY), Meter("weekly", used, 10_080, moment(MONDAY + end * DAY)))
        for at, used, end in shown
    ]


def test_points_between_readings_are_spread_over_the_requests() -> None:
    log = MeterLog(
        LIMIT,
        readings((1, 30, 7), (2, 50, 7)),
        {MONDAY + 10: 1.0, MONDAY + 20: 2.0, MONDAY + 150: 1.0},
    )
    history = log.as_of(moment(MONDAY + 2 * DAY + 1))
    assert history is not None
    assert history.use.between(MONDAY + 10, MONDAY + 11) == pytest.approx(10)
    assert history.use.between(MONDAY + 20, MONDAY + 21) == pytest.approx(20)
    assert history.use.between(MONDAY + 150, MONDAY + 151) == pytest.approx(20)
    assert history.used == pytest.approx(50)


def test_requests_after_the_last_reading_count_at_the_rate_before() -> None:
    log = MeterLog(LIMIT, readings((1, 30, 7)), {MONDAY + 10: 3.0, MONDAY + 2 * DAY: 1.0})
    history = log.as_of(moment(MONDAY + 3 * DAY))
    assert history is not None
    assert history.used == pytest.approx(40)
    assert history.used_error > 0


def test_only_what_was_known_then_counts() -> None:
    early = readings((1, 30, 7))
    late = [*early, *readings((5, 90, 7))]
    spending = {MONDAY + 10: 3.0}
    then = moment(MONDAY + 2 * DAY)
    first = MeterLog(LIMIT, early, spending).as_of(then)
    second = MeterLog(LIMIT, late, {**spending, MONDAY + 4 * DAY: 9.0}).as_of(then)
    assert first is not None and second is not None
    assert (first.used, first.use.sums) == (second.used, second.use.sums)


def test_a_meter_that_was_reset_since_has_no_history() -> None:
    assert MeterLog(LIMIT, readings((1, 30, 7)), {}).as_of(moment(MONDAY + 8 * DAY)) is None


def test_a_lower_reading_of_the_same_window_is_stale() -> None:
    [window] = windows(readings((1, 30, 7), (2, 20, 7), (3, 40, 7)))
    assert [used for _, used in window.shown] == [30, 40]


def log_of(weeks: int, points: float) -> MeterLog:
    """A meter that rises on every day from 09:00 to 17:00, by so many points a day or so."""
    spending, shown = {}, []
    used = 0.0
    draw = random.Random(3)
    for day in range(7 * weeks):
        used = 0.0 if day % 7 == 0 else used
        used = min(100.0, used + points * draw.uniform(0.7, 1.3))
        spending |= dict.fromkeys(range(MONDAY + day * DAY + 36, MONDAY + day * DAY + 68), 1.0)
        shown.append((day + 17 / 24, round(used, 1), 7 * (day // 7 + 1)))
    return MeterLog(msgspec.structs.replace(LIMIT, rounding=0.1), readings(*shown), spending)


def test_under_three_weeks_there_is_a_straight_line_and_no_probability() -> None:
    asked = moment(MONDAY + 20 * DAY + 80)
    history = log_of(3, 10).as_of(asked)
    assert history is not None and history.weeks < 3
    shown = forecast(history)
    assert (shown.method, shown.runs_out.value, shown.unused.value) == (STRAIGHT, None, None)
    assert shown.straight_line.unused is not None
    assert "3 weeks are needed" in (shown.reason or "")


@pytest.mark.parametrize(
    ("points", "least", "most"), [(8, 0, 0.02), (14.3, 0.1, 0.9), (22, 0.8, 1)]
)
def test_the_probability_follows_the_use(points: float, least: float, most: float) -> None:
    history = log_of(9, points).as_of(moment(MONDAY + 58 * DAY))
    assert history is not None
    shown = forecast(history)
    assert shown.method == PROFILE
    assert shown.runs_out.value is not None and least <= shown.runs_out.value <= most
    assert shown.unused.low is not None and shown.unused.high is not None
    assert shown.unused_80 is not None
    assert shown.unused.low <= shown.unused_80[0] <= shown.unused_80[1] <= shown.unused.high
    times = shown.runs_out_at
    if times is not None:
        ordered = [times.low_95, times.low_80, times.median, times.high_80, times.high_95]
        assert ordered == sorted(ordered)
        assert shown.as_of <= times.low_95 and times.high_95 <= shown.resets_at


def test_the_same_history_gives_the_same_forecast() -> None:
    asked = moment(MONDAY + 58 * DAY)
    first, second = log_of(9, 14).as_of(asked), log_of(9, 14).as_of(asked)
    assert first is not None and second is not None
    assert forecast(first) == forecast(second)


def test_quantiles_are_the_inverse_of_probabilities() -> None:
    total = Total(40.0, 2.0, Prediction(30.0, 1.0, 0.2, 8))
    for p in (0.025, 0.1, 0.5, 0.9, 0.975):
        assert total.above(total.quantile(p)) == pytest.approx(1 - p, abs=1e-6)


def test_a_budget_counts_from_the_beginning_of_its_period() -> None:
    limit = Limit("budget", "monthly", "usd", 100.0)
    log = BudgetLog(limit, {MONDAY + day * DAY: 1.0 for day in range(70)}, MONDAY)
    began, ended = moment(MONDAY + 60 * DAY), moment(MONDAY + 90 * DAY)
    history = log.as_of(moment(MONDAY + 65 * DAY), began, ended)
    assert history is not None
    assert (history.used, history.left) == (6.0, 94.0)
    assert forecast(history).runs_out.value == pytest.approx(0, abs=0.01)


def test_scores_of_the_past() -> None:
    log = log_of(12, 12)
    tests = [*backtest.of_meter(log, moment(MONDAY + 84 * DAY))]
    assert len({test.window for test in tests}) >= 8
    scored = scores.score("weekly", tests)
    assert scored.brier.value is not None and scored.brier.value < 0.05
    assert scored.coverage_95.n == len(tests)


def test_the_scores_of_the_last_backtest_are_kept(tmp_path: Path) -> None:
    assert scores.load(str(tmp_path)) is None
    scored = [scores.score("all", []), scores.score("weekly", [])]
    for n in (1, 2):
        scores.keep(str(tmp_path), scored[:n], NOW)
        assert scores.load(str(tmp_path)) == scores.Kept(NOW, scored[:n])


def test_without_requests_only_a_late_reading_tells_how_a_window_ended() -> None:
    """What was used after the last reading is not known, so bands cannot be compared with it."""
    log = log_of(12, 12)
    assert all(map(log.shows_end, windows(log.readings)))
    unlogged = MeterLog(log.limit, log.readings, {})
    assert not any(map(unlogged.shows_end, windows(log.readings)))  # 17:00, seven hours before it
    assert [*backtest.of_meter(unlogged, moment(MONDAY + 84 * DAY))] == []
    late = readings(*((7 * week - 1 / 24, 40.0, 7 * week) for week in range(1, 5)))
    assert all(map(MeterLog(log.limit, late, {}).shows_end, windows(late)))


def row(**changes: Any) -> Kept:
    values: dict[str, Any] = {
        **{"kind": "meter", "name": "week-all-models", "provider": "claude", "account": "team"},
        **{"sources": ((None, "main"),), "unit": "percent", "used": 41.0, "computed_at": NOW},
        **{"resets_at": NOW + timedelta(days=3), "runs_out": 0.123, "low": 18.2, "high": 41.0},
    }
    return Kept(**{**values, **changes})


def test_a_kept_forecast_is_shown_while_it_is_fresh(tmp_path: Path) -> None:
    kept.keep(str(tmp_path), [row(), row(name="session", resets_at=NOW + timedelta(hours=2))])
    assert len(kept.load(str(tmp_path), NOW)) == 2
    assert len(kept.load(str(tmp_path), NOW + timedelta(hours=3))) == 1
    assert kept.load(str(tmp_path), NOW + timedelta(hours=7)) == []
    assert kept.load(str(tmp_path), NOW - timedelta(hours=1)) == []


@pytest.mark.parametrize("text", ["", "{", '{"forecasts":[{"kind":1}]}', "\0\0", "[]"])
def test_a_damaged_file_is_no_forecast(text: str, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir(mode=0o700)
    for file in (kept.FILE, scores.FILE):
        (tmp_path / file).write_text(text)
    assert kept.load(str(tmp_path), NOW) == []
    assert scores.load(str(tmp_path)) is None


@pytest.mark.parametrize(
    ("used", "days", "holds"),
    [(41.0, 3, True), (50.0, 3, True), (52.0, 3, False), (39.0, 3, False), (41.0, 10, False)],
)
def test_a_forecast_holds_for_its_window_and_about_the_same_use(
    used: float, days: int, holds: bool
) -> None:
    resets_at = NOW + timedelta(days=days)
    about = "claude", "team", "week-all-models", used, resets_at
    assert (kept.of_meter([row()], *about) is not None) == holds
    assert kept.of_meter([row()], "claude", "own", *about[2:]) is None


def test_the_words_of_a_forecast() -> None:
    printed = "12% likely to run out before Wed 12:00; 18 to 41 points left at the reset"
    assert row().clause(NOW, UTC) == printed
    assert row().clause(NOW + timedelta(hours=2), UTC) == f"{printed} (forecast 2h old)"
    assert [words.likely(p) for p in (0.0, 0.004, 0.5, 0.999)] == [
        *("under 1%", "under 1%", "50%", "over 99%")
    ]
    assert words.between(0, 1.6e6, "tokens") == "0 to 1.6M"
    assert words.between(0.5, 42, "usd") == "$0.50 to $42"


def test_the_prompt_shows_a_probability_that_matters(shell: Shell) -> None:
    limits = {"seven_day": {"used_percentage": 41, "resets_at": int(row().resets_at.timestamp())}}
    line = json.dumps({"model": {"display_name": "Opus"}, "rate_limits": limits})
    at = ("--at", f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
    shell.ok("statusline", *at, stdin=line)
    (shell.book / "cache").mkdir(exist_ok=True)
    kept.keep(str(shell.book), [row()])
    assert "week 41% (3d, 12% to run out)" in shell.ok("statusline", *at, stdin=line)
    kept.keep(str(shell.book), [row(runs_out=0.05)])
    assert "week 41% (3d)" in shell.ok("statusline", *at, stdin=line)


def test_a_quantile_of_one_degree_of_freedom_is_found() -> None:
    assert math.isclose(student.quantile(0.999, 1), 318.30884, rel_tol=1e-6)
