"""Rates, the band and what runs out: pure figures from tokens by ten minutes and from readings."""

import json
import math
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import stdev
from types import SimpleNamespace

import costs
import pytest
from burnbook.base.stats import t_quantile
from burnbook.budget import burn_rate
from burnbook.budget.burn_rate import Rate
from burnbook.store.store import Store
from burnbook.telemetry.queries import window_traffic
from burnbook.telemetry.traffic import BUCKET, Traffic, pack, unpack
from conftest import Shell
from hypothesis import given
from hypothesis import strategies as st

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST = int(NINE.timestamp()) // BUCKET
TOKENS = st.none() | st.integers(0, 10**6)
EVENTS = st.lists(st.tuples(st.integers(0, 86_399), TOKENS, TOKENS, TOKENS), max_size=60)
_Values = tuple[int, int | None, int | None, int | None]


def event(
    second: int, sent: int | None, cached: int | None, output_tokens: int | None
) -> SimpleNamespace:
    return SimpleNamespace(
        ts=NINE + timedelta(seconds=second),
        input_tokens=sent,
        cached_input_tokens=cached,
        output_tokens=output_tokens,
        routed=True,
        ok=True,
        lane=None,
        model=None,
        status=200,
        latency_ms=None,
        extra=None,
    )


def recomputed(events: list[_Values]) -> dict[int, int]:
    """The new tokens: a request cannot have more of its input from a cache than it sent."""
    result: dict[int, int] = {}
    for second, sent, cached, output_tokens in events:
        at = math.floor((NINE + timedelta(seconds=second)).timestamp() / BUCKET)
        uncached = max(0, (sent or 0) - (cached or 0))
        result[at] = result.get(at, 0) + uncached + (output_tokens or 0)
    return {at: tokens for at, tokens in result.items() if tokens}


def test_both_count_in_the_same_ten_minutes() -> None:
    assert burn_rate.BUCKET == BUCKET


@given(EVENTS, st.integers(0, 60))
def test_the_pace_is_that_of_counting_each_event_alone_however_they_come(
    events: list[_Values], cut: int
) -> None:
    halves = []
    for part in (events[:cut], events[cut:]):
        traffic = Traffic()
        traffic.add([event(*values) for values in part])
        halves.append(unpack(pack(traffic)) if part else traffic)
    both = Traffic()
    for half in reversed(halves):
        both.merge(half)
    assert both.pace == recomputed(events)
    assert sum(sums.new_tokens for sums in both.groups.values()) == sum(both.pace.values())


def test_ingest_counts_equal_the_journal(shell: Shell) -> None:
    lines = [
        json.dumps(
            {
                **{"ts": (NINE + timedelta(minutes=n)).isoformat(), "rid": f"r{n}", "lane": "glm"},
                **{"model": "glm-4.6", "status": 200 if n % 7 else 500, "input_tokens": n},
                **{"output_tokens": 1, "latency_ms": 1},
            }
        )
        for n in range(90)
    ]
    for batch in (
        lines[:50],
        lines[20:] + lines[80:],
    ):  # some are booked already, some are duplicates
        shell.ok("ingest", "proxy-telemetry", "--window", "W1", stdin="\n".join(batch))
    stored = window_traffic(Store(str(shell.book)), "W1")
    rebuilt = window_traffic(Store(str(shell.book), in_memory=True), "W1")
    assert stored is not None
    assert rebuilt is not None
    assert stored.pace == rebuilt.pace == recomputed([(60 * n, n, None, 1) for n in range(90)])


PACES = st.lists(st.integers(0, 100_000), min_size=1, max_size=40)


@given(PACES, st.integers(0, BUCKET - 1), st.integers(0, 12 * 3600))
def test_the_band_contains_both_rates_and_the_window_rate_is_tokens_by_hours(
    tokens: list[int], late: int, to_come: int
) -> None:
    pace = {FIRST + at: count for at, count in enumerate(tokens)}
    until = NINE + timedelta(seconds=len(tokens) * BUCKET + late)
    rate = burn_rate.of_pace(pace, NINE, until, until + timedelta(seconds=to_come))
    assert rate.window == pytest.approx(sum(tokens) / ((until - NINE) / HOUR))
    assert rate.last_hour is not None
    if len(tokens) < 2:
        assert (rate.low, rate.high) == (None, None)
        return
    assert rate.low is not None
    assert rate.high is not None
    slack = 1e-6 * (1 + rate.high)
    assert 0 <= rate.low <= min(rate.last_hour, rate.window) + slack
    assert rate.high >= max(rate.last_hour, rate.window) - slack


def test_the_band_is_the_prediction_interval() -> None:
    tokens = [1000, 3000, 2000, 2500, 1500, 2000]
    pace = {FIRST + at: count for at, count in enumerate(tokens)}
    until = NINE + HOUR
    rate = burn_rate.of_pace(pace, NINE, until, until + 3 * HOUR)
    reach = t_quantile(5) * stdev(6 * n for n in tokens) * math.sqrt(1 / 6 + 1 / 18)
    assert rate == Rate(12000.0, 12000.0, pytest.approx(12000 - reach), 12000 + reach, 6)


def test_ten_minutes_without_a_token_count_and_years_of_them_cost_nothing() -> None:
    until = NINE + HOUR
    rate = burn_rate.of_pace({FIRST: 1000, FIRST + 3: 3000}, NINE, until, None)
    reach = t_quantile(5) * stdev([6000, 0, 0, 18_000, 0, 0]) * math.sqrt(1 / 6 + 1 / 6)
    assert rate.high == pytest.approx(4000 + reach)
    long_ago = datetime(1971, 1, 1, tzinfo=UTC)
    assert burn_rate.of_pace({FIRST: 1000}, long_ago, until, None).stretches > 2_000_000
    years = partial(burn_rate.of_pace, {FIRST: 1000}, long_ago, until, None)
    assert costs.seconds(partial(costs.processor_time, years), 0.01) <= 0.01


def test_the_last_hour_is_what_began_in_it_and_widens_the_band() -> None:
    pace = {FIRST + at: 1000 for at in range(12)} | {FIRST + 12: 60_000}
    rate = burn_rate.of_pace(pace, NINE, NINE + 2 * HOUR + timedelta(minutes=9), None)
    # 10:10 to 11:09: five stretches of 1000 and the one that has just begun
    assert rate.last_hour == pytest.approx(65_000 * 60 / 59)
    assert rate.high is not None
    assert rate.high >= rate.last_hour


def test_later_intervals_do_not_count() -> None:
    pace = {FIRST: 1000, FIRST + 1: 1000, FIRST + 30: 10**9}
    rate = burn_rate.of_pace(pace, NINE, NINE + timedelta(minutes=20), None)
    assert rate.window == 6000


@pytest.mark.parametrize("minutes", [-60, 0, 9])
def test_under_ten_minutes_there_is_no_rate(minutes: int) -> None:
    until = NINE + timedelta(minutes=minutes)
    assert burn_rate.of_pace({FIRST: 5}, NINE, until, None) == burn_rate.UNKNOWN


READINGS = st.lists(st.tuples(st.integers(1, 200), st.integers(0, 100)), max_size=12)


@given(READINGS)
def test_the_band_of_readings_contains_their_rate(steps: list[tuple[int, int]]) -> None:
    moment, readings = NINE, []
    for minutes, value in steps:
        moment += timedelta(minutes=minutes)
        readings.append((moment, float(value)))
    rate = burn_rate.of_readings(readings, 1.0)
    if rate.window is None:
        assert rate == burn_rate.UNKNOWN
        return
    assert rate.low is not None
    assert rate.high is not None
    assert 0 <= rate.low <= rate.window + 1e-9
    assert rate.window <= rate.high + 1e-9
    if rate.stretches < burn_rate.LEAST_N:
        assert rate.low <= rate.window / 2 + 1e-9


def readings(*values: tuple[float, float]) -> list[tuple[datetime, float]]:
    return [(NINE + hours * HOUR, value) for hours, value in values]


def test_a_band_of_three_stretches_goes_from_the_slowest_to_the_fastest() -> None:
    rate = burn_rate.of_readings(readings((0, 10), (1, 14), (3, 16), (4, 26)), 1.0)
    assert rate == Rate(None, 4.0, 0.5, 11.0, 3)


def test_under_three_stretches_the_band_is_at_least_half_to_twice() -> None:
    assert burn_rate.of_readings(readings((0, 10), (2, 30)), 1.0) == Rate(None, 10.0, 5.0, 20.0, 1)


def test_a_fall_and_a_reading_a_minute_later_are_no_stretch() -> None:
    rate = burn_rate.of_readings(readings((0, 50), (1, 20), (1.01, 24), (2, 30)), 1.0)
    assert (rate.window, rate.stretches) == (10.0, 1)


def test_running_out_is_a_range_of_moments() -> None:
    rate = Rate(None, 10.0, 5.0, 20.0, 3)
    out = burn_rate.runs_out(NINE, 40, rate)
    assert (out.over, out.earliest, out.latest) == (False, NINE + 2 * HOUR, NINE + 8 * HOUR)
    assert burn_rate.runs_out(NINE, 0, rate) == burn_rate.Out(True, None, None)
    idle = Rate(None, 0.0, 0.0, 1e-300, 3)
    assert burn_rate.runs_out(NINE, 40, idle) == burn_rate.Out(False, None, None)


def test_the_quantile_of_many_is_the_normal_one() -> None:
    assert (t_quantile(1), t_quantile(30), t_quantile(31)) == (12.706, 2.042, 1.960)
