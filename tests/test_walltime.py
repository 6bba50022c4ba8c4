"""Parsing the reset text of a pane."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from burnbook.times.wall_time import (
    SameDay,
    WallTime,
    is_zone,
    parse_day,
    parse_reset,
    parse_wait,
    resolve,
)
from hypothesis import given
from hypothesis import strategies as st

LONDON = ZoneInfo("Europe/London")
SYDNEY = ZoneInfo("Australia/Sydney")
FIVE_HOURS, WEEK, MONTH = 300, 10080, 43200


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def resolved(text, captured, window, zone=UTC):
    wall = parse_reset(text)
    assert wall is not None
    moment, stale = resolve(wall, at(captured), window, zone)
    return moment and f"{moment:%Y-%m-%dT%H:%M}", stale


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("19:01", WallTime(19, 1)),
        ("03:14", WallTime(3, 14)),
        ("0:00", WallTime(0, 0)),
        ("13:04 on 8 Oct", WallTime(13, 4, 8, 10)),
        ("12:58 AM on 4 Oct", WallTime(0, 58, 4, 10)),
        ("12:58\u202fPM on 4 Oct", WallTime(12, 58, 4, 10)),
        ("00:33 on Sep 04", WallTime(0, 33, 4, 9)),
        ("8 Oct 13:04", WallTime(13, 4, 8, 10)),
        ("8 October 2027, 13:04", WallTime(13, 4, 8, 10, 2027)),
        ("8:59pm (Asia/Irkutsk)", WallTime(20, 59, zone="Asia/Irkutsk")),
        ("8:59pm (Asia/\n Irkutsk)", WallTime(20, 59, zone="Asia/Irkutsk")),
        ("Oct 20, 1:59am (Asia/Irkutsk)", WallTime(1, 59, 20, 10, zone="Asia/Irkutsk")),
        ("Oct 20, 2026, 1:59 a.m.", WallTime(1, 59, 20, 10, 2026)),
        ("Dec 2 at 12am (Europe/London)", WallTime(0, 0, 2, 12, zone="Europe/London")),
        ("Sept 2nd at 12pm", WallTime(12, 0, 2, 9)),
        ("12am", WallTime(0, 0)),
        ("12pm", WallTime(12, 0)),
        ("1:05PM", WallTime(13, 5)),
        ("29 Feb 10:00", WallTime(10, 0, 29, 2)),
    ],
)
def test_both_clocks_and_both_date_orders_are_understood(text, wall):
    assert parse_reset(text) == wall


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "25:00", "24:00", "19:60", "13pm", "0am", "7", "19:0", "12:00 on 31 Feb"),
        *("12:00 on 8 Okt", "12:00 on", "12:00 on 8", "12:00 on 8 Ma", "29 Feb 2027, 10:00"),
        *("31 Feb", "Jan 1, 2026", "in 2h 15m", "8:59pm (Asia/Irk", "8:59pm x", "1:59:am", "1" * 9),
    ],
)
def test_impossible_times_are_none(text):
    assert parse_reset(text) is None


@given(st.text() | st.text("0123456789: apmonOct,()/", max_size=30))
def test_no_text_makes_it_raise(text):
    wall = parse_reset(text)
    if wall is not None:
        resolve(wall, at("2026-10-01T00:00"), FIVE_HOURS, UTC)


@pytest.mark.parametrize(
    ("text", "captured", "window", "moment"),
    [
        ("19:01", "2026-10-01T15:00", FIVE_HOURS, "2026-10-01T19:01"),
        ("00:00", "2026-10-01T22:00", FIVE_HOURS, "2026-10-02T00:00"),
        ("12am", "2026-12-31T22:00", FIVE_HOURS, "2027-01-01T00:00"),
        ("03:14", "2026-10-01T15:00", WEEK, "2026-10-02T03:14"),
        ("15:00", "2026-10-01T15:00", WEEK, "2026-10-02T15:00"),
        ("13:04 on 8 Oct", "2026-10-01T15:00", WEEK, "2026-10-08T13:04"),
        ("13:04 on 2 Jan", "2026-12-30T15:00", WEEK, "2027-01-02T13:04"),
        ("09:52 on 1 Nov", "2026-10-01T09:53", MONTH, "2026-11-01T09:52"),
        ("10:00 on 29 Feb", "2028-02-25T00:00", WEEK, "2028-02-29T10:00"),
        ("10:00 on 29 Feb", "2096-03-01T00:00", None, "2104-02-29T10:00"),
        ("13:04 on 8 Oct", "2026-10-09T00:00", None, "2027-10-08T13:04"),
        ("19:01", "2026-10-01T19:02", None, "2026-10-02T19:01"),
    ],
)
def test_it_is_the_next_such_moment(text, captured, window, moment):
    assert resolved(text, captured, window) == (moment, False)


@pytest.mark.parametrize(
    ("text", "captured", "window", "moment"),
    [
        ("19:01", "2026-10-01T19:02", FIVE_HOURS, "2026-10-01T19:01"),
        ("23:59", "2026-10-01T00:10", FIVE_HOURS, "2026-09-30T23:59"),
        ("13:04 on 8 Oct", "2026-10-08T13:05", WEEK, "2026-10-08T13:04"),
        ("22:00 on 30 Dec", "2027-01-02T00:00", FIVE_HOURS, "2026-12-30T22:00"),
        ("10:00 on 29 Feb", "2027-03-01T00:00", WEEK, "2024-02-29T10:00"),
        ("8 Oct 2025, 13:04", "2026-10-01T00:00", WEEK, "2025-10-08T13:04"),
    ],
)
def test_a_reset_beyond_the_window_is_the_last_and_stale(text, captured, window, moment):
    assert resolved(text, captured, window) == (moment, True)


@pytest.mark.parametrize(("seconds", "stale"), [(59, False), (120, False), (121, True)])
def test_two_minutes_of_rounding_are_no_staleness(seconds, stale):
    captured = at("2026-10-01T15:00") - timedelta(seconds=seconds)
    assert resolve(WallTime(20, 0), captured, FIVE_HOURS, UTC)[1] is stale


def test_a_year_in_the_text_decides():
    assert resolved("8 Oct 2028, 13:04", "2026-10-01T00:00", WEEK) == ("2028-10-08T13:04", False)


@pytest.mark.parametrize(
    ("zone", "text", "captured", "moment"),
    [
        # 29 March 2026, 01:00 to 02:00 does not exist in London: read as before the change.
        (LONDON, "01:30", "2026-03-29T00:00", "2026-03-29T01:30"),
        (LONDON, "02:30", "2026-03-29T00:00", "2026-03-29T01:30"),
        # 25 October 2026, 01:00 to 02:00 exists twice: 00:30 and 01:30 UTC.
        (LONDON, "01:30", "2026-10-24T23:00", "2026-10-25T00:30"),
        (LONDON, "01:30", "2026-10-25T00:45", "2026-10-25T01:30"),
        # Sydney: 02:00 to 03:00 missing on 4 October 2026, twice on 5 April 2026.
        (SYDNEY, "02:30", "2026-10-03T15:00", "2026-10-03T16:30"),
        (SYDNEY, "02:30", "2026-04-04T15:00", "2026-04-04T15:30"),
        (SYDNEY, "02:30", "2026-04-04T15:45", "2026-04-04T16:30"),
    ],
)
def test_a_changing_clock(zone, text, captured, moment):
    assert resolved(text, captured, FIVE_HOURS, zone) == (moment, False)


def test_a_time_that_came_twice_and_passed_is_the_second():
    assert resolved("01:30", "2026-10-25T01:45", FIVE_HOURS, LONDON) == ("2026-10-25T01:30", True)


def test_the_date_is_that_of_the_zone_and_not_of_utc():
    assert resolved("09:00 on 2 Jan", "2026-01-01T20:00", FIVE_HOURS, SYDNEY) == (
        "2026-01-01T22:00",
        False,
    )


def test_the_zone_in_the_pane_wins():
    shown = resolved("8:59pm (Asia/Irkutsk)", "2026-10-01T10:00", FIVE_HOURS, LONDON)
    assert shown == ("2026-10-01T12:59", False)


@pytest.mark.parametrize("name", ["No/Where", "../etc/passwd", "America", "x" * 300, "PST"])
def test_a_time_in_an_unknown_zone_is_not_read_as_local(name):
    wall = WallTime(20, 59, zone=name)
    assert resolve(wall, at("2026-10-01T18:00"), FIVE_HOURS, LONDON) == (None, False)
    assert not is_zone(name)


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("May 1 (UTC)", WallTime(0, 0, 1, 5, zone="UTC")),
        ("Nov 21", WallTime(0, 0, 21, 11)),
        ("1 Jan 2027", WallTime(0, 0, 1, 1, 2027)),
        *((text, None) for text in ("", "May", "31 Feb", "May 1 at 3am", "19:01", "in 4 days")),
    ],
)
def test_a_date_alone_is_its_midnight(text, wall):
    assert parse_day(text) == wall


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("in 2h 15m", timedelta(hours=2, minutes=15)),
        ("in 45 minutes", timedelta(minutes=45)),
        ("in 1 day, 3 hours", timedelta(days=1, hours=3)),
        ("in 6d 1h", timedelta(days=6, hours=1)),
        *((text, None) for text in ("in", "in ", "2h", "in 2h 15", "in a while", "19:01")),
    ],
)
def test_a_reset_may_be_the_time_to_wait(text, wait):
    assert parse_wait(text) == wait


@pytest.mark.parametrize(
    ("captured", "window", "moment", "stale"),
    [
        ("2026-10-01T03:00", WEEK, "2026-10-01T03:14", False),
        ("2026-10-01T03:20", WEEK, "2026-10-01T03:14", True),
        ("2026-10-01T03:20", MONTH, "2026-10-01T03:14", True),
        ("2026-10-01T23:00", FIVE_HOURS, "2026-10-02T03:14", False),
    ],
)
def test_a_vendor_that_leaves_out_only_the_date_of_today(captured, window, moment, stale):
    shown = resolve(SameDay(3, 14), at(captured), window, UTC)
    assert shown == (at(moment), stale)


def test_local_is_the_zone_of_the_machine():
    code = (
        "from datetime import *; from burnbook.times.local_zone import LOCAL;"
        "from burnbook.times.wall_time import *;"
        "print(resolve(WallTime(9, 0), datetime(2026, 1, 1, 20, tzinfo=UTC), 300, LOCAL)[0])"
    )
    env = {**os.environ, "TZ": "XXX-11", "PYTHONPATH": str(Path(__file__).parents[1] / "lib")}
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
    assert run.stdout.decode().strip() == "2026-01-01 22:00:00+00:00"


@pytest.mark.parametrize("captured", [datetime.min, datetime.max])
def test_the_ends_of_the_calendar_do_not_raise(captured):
    for wall in (WallTime(12, 0), WallTime(0, 0, 1, 1), WallTime(0, 0, 29, 2, 2028)):
        resolve(wall, captured.replace(tzinfo=UTC), FIVE_HOURS, UTC)


@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([None, FIVE_HOURS, WEEK]),
    st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
def test_the_moment_shows_the_same_time_and_is_past_only_when_stale(
    hour, minute, captured, window, zone
):
    moment, stale = resolve(WallTime(hour, minute), captured, window, zone)
    assert moment is not None
    assert (moment.astimezone(zone).hour, moment.astimezone(zone).minute) == (hour, minute)
    assert (moment <= captured) is stale
    assert abs(moment - captured) <= timedelta(days=1)
