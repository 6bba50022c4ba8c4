"""Declared budgets: periods in a zone, the points that readings prove, and projections."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from burnbook.budget.declared.amounts import Amounts
from burnbook.budget.declared.periods import Period, period_of
from burnbook.budget.declared.points import BEGAN_BEFORE, NO_READINGS, Shown, rises
from burnbook.budget.declared.status import status_of
from burnbook.config.budgets import Budget
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MIDNIGHT = NOON - timedelta(hours=12)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/Havana", "Asia/Kathmandu"]).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(st.sampled_from(["day", "week", "month"]), MOMENTS, ZONES)
def test_a_period_contains_its_moment_and_ends_where_the_next_begins(
    per: str, moment: datetime, zone: tzinfo
) -> None:
    period = period_of(per, moment, zone)
    assert period.starts_at is not None
    assert period.ends_at is not None
    assert period.starts_at <= moment < period.ends_at
    following = period_of(per, period.ends_at, zone)
    assert following.starts_at == period.ends_at
    assert following.name != period.name
    assert period_of(per, period.starts_at, zone) == period


def test_a_day_at_a_change_of_the_clock_has_23_or_25_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    lengths = []
    for day in (datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)):
        period = period_of("day", day, berlin)
        assert period.starts_at is not None
        assert period.ends_at is not None
        lengths.append((period.ends_at - period.starts_at) / timedelta(hours=1))
    assert lengths == [23, 25]


def shown(hours: float, used: float, resets: float | None = None, owner: str = "work") -> Shown:
    """A reading of a five-hour meter; `hours` and `resets` are hours after midnight."""
    reset = None if resets is None else MIDNIGHT + timedelta(hours=resets)
    return Shown(owner, MIDNIGHT + timedelta(hours=hours), used, 300, reset)


@pytest.mark.parametrize(
    ("readings", "points", "reason"),
    [
        ([], None, NO_READINGS),
        ([shown(-1, 20, 3)], None, NO_READINGS),
        ([shown(-1, 20, 3), shown(1, 50, 3)], 30, None),
        ([shown(1, 50, 3)], 0, BEGAN_BEFORE),
        ([shown(1, 50, 3), shown(2, 60, 3)], 10, BEGAN_BEFORE),
        ([shown(6, 50, 10)], 50, None),
        ([shown(6, 50, 10), shown(9, 60, 10), shown(11, 30, 15)], 90, None),
        # A session that is behind shows less; another account has a window of its own.
        ([shown(6, 50, 10), shown(7, 40, 10), shown(8, 55, 10)], 55, None),
        ([shown(6, 50, 10), shown(8, 55, 10, "own")], 105, None),
        ([shown(6, 50, 10), replace(shown(8, 55, 10, "bo"), is_known=False)], 55, None),
        # Without a reset: the window is another one if the meter fell, or after its length.
        ([shown(-1, 20), shown(1, 50)], 30, None),
        ([shown(-1, 20), shown(1, 10)], 0, BEGAN_BEFORE),
        ([shown(-9, 20), shown(1, 50), shown(2, 60)], 10, BEGAN_BEFORE),
    ],
)
def test_points_are_what_the_readings_prove(
    readings: list[Shown], points: float | None, reason: str | None
) -> None:
    proved = rises(readings, MIDNIGHT)
    assert (proved.total, proved.reason) == (points, reason)
    assert sum(proved.pace.values()) == (points or 0)


@given(st.lists(st.tuples(st.floats(0, 11.9), st.integers(0, 100)), max_size=20))
def test_a_meter_window_never_proves_more_than_its_highest_reading(
    values: list[tuple[float, int]],
) -> None:
    readings = [shown(at, used, 12) for at, used in sorted(values)]
    proved = rises(readings, MIDNIGHT)
    assert (proved.total or 0) <= max((used for _, used in values), default=0)


def test_the_target_is_compared_with_the_known_part() -> None:
    period = Period("2026-11-22", MIDNIGHT, MIDNIGHT + timedelta(days=1))
    used = Amounts(9.5, {int(NOON.timestamp()) // 900 - 1: 9.5}, "logs", "no price for x")
    status = status_of("b", Budget(per="day", unit="usd", target=10), period, used, NOON)
    assert (status.used, status.used_at_least, status.left) == (None, 9.5, 0.5)
    assert (status.used_percent, status.level) == (95.0, 0.9)
    assert status.projected_low is not None
    assert status.projected_high is not None
    assert 9.5 <= status.projected_low <= 19 <= status.projected_high


def test_a_period_that_is_over_has_no_projection() -> None:
    period = Period("2026-11-21", MIDNIGHT - timedelta(days=1), MIDNIGHT)
    used = Amounts(7, {int(MIDNIGHT.timestamp()) // 900 - 5: 7}, "logs")
    status = status_of("b", Budget(per="day", target=10), period, used, NOON)
    assert (status.used, status.projected_low, status.projected_high) == (7, None, None)
