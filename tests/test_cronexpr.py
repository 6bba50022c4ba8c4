"""Cron expressions: what is valid, the next moment in every kind of zone, and systemd's opinion."""

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from burnbook import clock, cronexpr
from burnbook.errors import BadConfig
from burnbook.schedulers import launchd, systemd
from hypothesis import given, settings
from hypothesis import strategies as st

BASE = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Havana",
    "Africa/Cairo",
    "Atlantic/Azores",
    "Asia/Kolkata",
]


@st.composite
def fields(draw: st.DrawFn, low: int, high: int) -> str:
    kind = draw(st.sampled_from(["*", "*", "*", "one", "range", "step", "list"]))
    values = st.integers(low, high)
    if kind == "*":
        return "*"
    if kind == "step":
        return f"*/{draw(st.integers(1, 30))}"
    if kind == "range":
        first, last = sorted((draw(values), draw(values)))
        return f"{first}-{last}" + draw(st.sampled_from(["", "/2", "/7"]))
    many = draw(st.lists(values, min_size=1, max_size=1 if kind == "one" else 4))
    return ",".join(map(str, many))


EXPRESSIONS = st.tuples(
    fields(0, 59), fields(0, 23), fields(1, 28), fields(1, 12), fields(0, 7)
).map(" ".join)


def fits(field: str, value: int, low: int, high: int) -> bool:
    """Whether a field has a value: written anew, without the parser."""
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start, stop = (low, high) if span == "*" else (int(first), int(last or first))
        if value in range(start, stop + 1, int(step or 1)):
            return True
    return False


def means(text: str, wall: datetime) -> bool:
    """Cron's own rule for one wall time."""
    minute, hour, day, month, weekday = text.split()
    weekday_number = wall.isoweekday() % 7
    on_day = fits(day, wall.day, 1, 31)
    on_weekday = fits(weekday, weekday_number, 0, 6) or (
        weekday_number == 0 and "*" not in weekday and fits(weekday, 7, 0, 7)
    )
    star = day[0] == "*" or weekday[0] == "*"
    return (
        fits(minute, wall.minute, 0, 59)
        and fits(hour, wall.hour, 0, 23)
        and fits(month, wall.month, 1, 12)
        and ((on_day and on_weekday) if star else (on_day or on_weekday))
    )


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS, st.sampled_from(ZONES), st.integers(0, 3 * 365 * 24 * 60))
def test_the_next_moment_is_the_first_minute_that_fits(text: str, zone: str, minutes: int) -> None:
    """Brute force over wall minutes of a few days, each as the UTC moment that it stands for."""
    expr, place = cronexpr.parse(text), clock.find_zone(zone)
    after = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = cronexpr.following(expr, after, place)
    assert found > after
    start = clock.to_wall(after, place).replace(tzinfo=None, fold=0) - timedelta(hours=26)
    moments = set()
    for step in range(60 * 24 * 4):
        wall = start + timedelta(minutes=step)
        if means(text, wall):
            moments.add(clock.to_utc(wall, place))
            if text.split()[1].startswith("*"):
                moments.add(clock.to_utc(wall.replace(fold=1), place))
    if text.split()[1].startswith("*"):
        moments = {m for m in moments if means(text, clock.to_wall(m, place))}
    horizon = after + timedelta(hours=60)
    brute = min((m for m in moments if m > after), default=horizon)
    assert found == brute if brute < horizon else found >= horizon


@pytest.mark.parametrize(
    ("text", "zone", "after", "moment"),
    [
        ("6 0 * * *", "UTC", "2026-11-22T21:00", "2026-11-23T00:06"),
        ("6 0 * * *", "UTC", "2026-11-23T00:06", "2026-11-24T00:06"),
        # Cairo jumps from 00:00 to 01:00 on 26 April 2024: 00:06 comes an hour late, once.
        ("6 0 * * *", "Africa/Cairo", "2024-04-25T20:00", "2024-04-25T22:06"),
        ("6 0 * * *", "Africa/Cairo", "2024-04-25T22:06", "2024-04-26T21:06"),
        # Havana repeats 00:00 to 01:00 on 3 November 2024: the first counts.
        ("6 0 * * *", "America/Havana", "2024-11-03T00:00", "2024-11-03T04:06"),
        ("6 0 * * *", "America/Havana", "2024-11-03T04:06", "2024-11-04T05:06"),
        # What follows the clock comes in both of the repeated hours.
        ("*/30 * * * *", "America/Havana", "2024-11-03T04:30", "2024-11-03T05:00"),
        ("0 0 29 2 *", "UTC", "2024-02-29T00:00", "2028-02-29T00:00"),
        ("0 0 13 * fri", "UTC", "2026-11-21T00:00", "2026-11-27T00:00"),
        ("0 0 */2 * mon", "UTC", "2026-11-22T00:00", "2026-11-23T00:00"),
        ("@daily", "UTC", "2026-11-22T21:00", "2026-11-23T00:00"),
        ("0 9 * jan-mar sat,sun", "UTC", "2026-11-22T21:00", "2027-01-02T09:00"),
        ("0 9 * * fri-sun", "UTC", "2026-11-22T09:00", "2026-11-27T09:00"),
    ],
)
def test_known_moments(text: str, zone: str, after: str, moment: str) -> None:
    begin = datetime.fromisoformat(after).replace(tzinfo=UTC)
    found = cronexpr.following(cronexpr.parse(text), begin, clock.find_zone(zone))
    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has 0 fields"),
        ("6 0 * *", "has 4 fields"),
        ("6 0 * * * root", "has 6 fields"),
        ("60 0 * * *", "minute '60' is not valid; valid: 0 to 59"),
        ("6 24 * * *", "hour '24'"),
        ("6 0 0 * *", "day of the month '0'"),
        ("6 0 * 13 *", "month '13'"),
        ("6 0 * * 8", "weekday '8'"),
        ("6 0 * * moon", "weekday 'moon' is not valid; valid: 0 to 7, sun, mon"),
        ("5/10 * * * *", "a step is 1 or more, and follows"),
        ("*/0 * * * *", "a step is 1 or more"),
        ("30-10 * * * *", "ends before it begins"),
        ("-5 * * * *", "minute '-5' is not valid"),
        ("1,,2 * * * *", "minute '' is not valid"),
        ("٣ 0 * * *", "is not valid"),
        ("0 0 30 2 *", "never comes"),
        ("@reboot", "'@reboot' is not known; valid: five fields, or @hourly"),
    ],
)
def test_what_is_no_expression_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        cronexpr.parse(text)


def test_names_become_numbers_that_every_cron_reads() -> None:
    assert cronexpr.parse("6 0 * Jan-MAR mon,Fri-sun").text == "6 0 * 1-3 1,5-7"
    assert cronexpr.parse("@weekly").text == "0 0 * * 0"
    assert cronexpr.parse("5-55/10 * * * *").text == "5-55/10 * * * *"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@settings(max_examples=25, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=4, max_size=4))
def test_systemd_means_the_same_moments(texts: list[str]) -> None:
    for text in texts:
        expr = cronexpr.parse(text)
        lines = [f"{line} UTC" for line in systemd.calendar(expr)]
        command = ["systemd-analyze", "calendar", "--base-time", f"{BASE:%Y-%m-%d %H:%M:%S} UTC"]
        done = subprocess.run([*command, *lines], capture_output=True, text=True, check=True)
        nexts = re.findall(r"(?:Next elapse|\(in UTC\)): \w+ (\S+ \S+) UTC", done.stdout)
        assert nexts, done.stdout
        first = min(datetime.fromisoformat(found).replace(tzinfo=UTC) for found in nexts)
        assert first == cronexpr.following(expr, BASE, UTC)


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS, st.integers(0, 400 * 24 * 60))
def test_launchd_means_the_same_minutes_or_is_refused(text: str, minutes: int) -> None:
    expr = cronexpr.parse(text)
    at = BASE + timedelta(minutes=minutes)
    shown = {
        **{"Month": at.month, "Day": at.day, "Weekday": at.isoweekday() % 7},
        **{"Hour": at.hour, "Minute": at.minute},
    }
    restricted = len(expr.days) < 31 and len(expr.weekdays) < 7
    try:
        dicts = launchd.calendar(expr)
    except BadConfig as error:
        refusal = str(error)
    else:
        assert not restricted or expr.either_day
        said = any(all(shown[key] == value for key, value in one.items()) for one in dicts)
        assert said == means(text, at)
        return
    both = "cannot ask for a day and a weekday at once" in refusal
    assert both == (restricted and not expr.either_day)
    assert both or "moments written out" in refusal


def test_zones_of_the_tests_are_there() -> None:
    assert all(ZoneInfo(name) for name in ZONES)
