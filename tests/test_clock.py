"""Times: parsing, zones, and the next reset across every kind of DST change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from burnbook.base.errors import BadConfig, UsageError
from burnbook.times import clock
from hypothesis import given
from hypothesis import strategies as st

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T18:30:00Z", "2026-11-22T18:30"),
        ("2026-11-22T18:30", "2026-11-22T17:30"),
        ("2026-11-22 18:30", "2026-11-22T17:30"),
        ("2026-11-22T18:30+05:30", "2026-11-22T13:00"),
        ("2026-11-22", "2026-11-21T23:00"),
    ],
)
def test_a_time_without_an_offset_is_wall_time(text: str, moment: str) -> None:
    assert clock.parse_time(text, BERLIN) == utc(moment)


@pytest.mark.parametrize("text", ["", "now", "18:30", "2026-13-01", "9999-12-31T23:59-23:59"])
def test_anything_else_is_one_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="ISO 8601"):
        clock.parse_time(text, BERLIN)


@pytest.mark.parametrize("text", ["1971-01-01T00:00Z", "2999-12-31T23:59Z"])
def test_the_first_and_the_last_year_are_taken(text: str) -> None:
    assert clock.parse_time(text, BERLIN) == datetime.fromisoformat(text)


@pytest.mark.parametrize("text", ["1970-12-31T23:59Z", "3000-01-01T00:00Z"])
def test_other_years_are_refused_with_the_bounds(text: str) -> None:
    with pytest.raises(UsageError, match="from 1971 to 2999"):
        clock.parse_time(text, BERLIN)


@pytest.mark.parametrize(
    ("after", "wall", "zone", "reset"),
    [
        ("2026-11-22T18:00", (0, 1), "Europe/Berlin", "2026-11-22T23:01"),
        ("2026-11-22T23:01", (0, 1), "Europe/Berlin", "2026-11-23T23:01"),
        ("2026-12-31T22:00", (0, 1), "UTC", "2027-01-01T00:01"),
        ("2026-11-22T08:00", (18, 30), "Europe/Berlin", "2026-11-22T17:30"),
        # Berlin skips 02:30 on 2026-03-29: it is read with the offset before, as 03:30 summer time.
        ("2026-03-28T12:00", (2, 30), "Europe/Berlin", "2026-03-29T01:30"),
        # and shows 02:30 twice on 2026-10-25: the first of the two, and not the second again.
        ("2026-10-24T12:00", (2, 30), "Europe/Berlin", "2026-10-25T00:30"),
        ("2026-10-25T00:30", (2, 30), "Europe/Berlin", "2026-10-26T01:30"),
        # Nuuk skips 23:00 to 00:00 on 2026-03-28: yesterday's reset comes today, at 00:30.
        ("2026-03-29T01:10", (23, 30), "America/Nuuk", "2026-03-29T01:30"),
        # Cairo skips 00:00 to 01:00 on 2026-04-24.
        ("2026-04-23T12:00", (0, 1), "Africa/Cairo", "2026-04-23T22:01"),
    ],
)
def test_the_next_reset(after: str, wall: tuple[int, int], zone: str, reset: str) -> None:
    assert clock.next_wall(utc(after), *wall, ZoneInfo(zone)) == utc(reset)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1)),
    st.sampled_from(
        [
            *("UTC", "Europe/Berlin", "Africa/Cairo", "America/Havana", "America/Santiago"),
            *("Atlantic/Azores", "Asia/Beirut", "Australia/Lord_Howe", "Asia/Irkutsk"),
        ]
    ),
)
def test_there_is_one_reset_in_every_day(moment: datetime, zone: str) -> None:
    after = moment.replace(tzinfo=UTC)
    reset = clock.next_wall(after, 0, 6, ZoneInfo(zone))
    hours = (reset - after).total_seconds() / 3600
    assert 0 < hours <= 25
    again = clock.next_wall(reset, 0, 6, ZoneInfo(zone))
    assert 22 <= (again - reset).total_seconds() / 3600 <= 26


@pytest.mark.parametrize("name", ["", "Nowhere", "../etc/passwd", "/etc/localtime", "a\0b"])
def test_an_unknown_zone_is_one_sentence(name: str) -> None:
    with pytest.raises(BadConfig, match="valid: local, or an IANA name"):
        clock.find_zone(name)


def test_lengths_are_short() -> None:
    lengths = (0, 40, 61, 3_600, 11_520, 86_399, 86_400, 187_200, 187_261, -61)
    assert [clock.span(s) for s in lengths] == [
        *("0s", "40s", "1m 1s", "1h", "3h 12m", "23h 59m", "1d", "2d 4h", "2d 4h", "1m 1s"),
    ]


def test_now_is_the_clock_until_another_moment_is_set() -> None:
    moment = utc("2026-11-22T09:00")
    before = clock.wall_clock()
    assert before <= clock.now() <= clock.wall_clock()
    assert not clock.is_given()
    clock.act_at(moment)
    try:
        assert clock.now() == moment
        assert clock.is_given()
    finally:
        clock.act_at(None)
    assert not clock.is_given()
    assert clock.now() >= before
