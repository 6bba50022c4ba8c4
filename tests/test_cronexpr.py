"""Cron expressions: validation, the next moment in every kind of zone, and systemd's result."""

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from burnbook.base.errors import BadConfig
from burnbook.schedule.formats import launchd, systemd
from burnbook.times import clock, cron
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
    """Whether a field has a value, without using the parser."""
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


def starts(text: str, zone: ZoneInfo, after: datetime, minutes: int) -> list[datetime]:
    """When Debian's cron starts a job after a moment: its own loop, minute by minute.

    The clock jumped: jobs with a fixed time are made up for at once. The clock went back: they wait
    until it shows a new time.
    """
    moments = []
    follows = any(field.startswith("*") for field in text.split()[:2])
    begin = (after - timedelta(hours=26)).replace(second=0, microsecond=0)
    done = clock.to_wall(begin, zone).replace(tzinfo=None, fold=0)
    for step in range(1, minutes + 26 * 60 + 1):
        now = begin + timedelta(minutes=step)
        wall = clock.to_wall(now, zone).replace(tzinfo=None, fold=0)
        if follows:
            moments += [now] if means(text, wall) else []
            continue
        while done < wall:
            done += timedelta(minutes=1)
            if means(text, done) and now not in moments:
                moments.append(now)
    return [moment for moment in moments if moment > after]


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS, st.sampled_from(ZONES), st.integers(0, 3 * 365 * 24 * 60))
def test_the_next_moment_is_that_of_debians_cron(text: str, zone: str, minutes: int) -> None:
    expr, zone_info = cron.parse(text), ZoneInfo(zone)
    after = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    moment = cron.following(expr, after, zone_info)
    assert moment > after
    horizon = 60 * 48
    brute = starts(text, zone_info, after, horizon)
    if brute:
        assert moment == brute[0]
    else:
        assert moment > after + timedelta(minutes=horizon)


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone not in ("UTC", "Asia/Kolkata")])
@pytest.mark.parametrize("text", ["30 2 * * *", "1 0 * * *", "30 0,1,23 * * *", "*/20 * * * *"])
def test_clock_changes_are_handled_as_by_debians_cron(text: str, zone: str) -> None:
    expr, zone_info, changes = cron.parse(text), ZoneInfo(zone), 0
    for day in range(366):
        before = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        offsets = {
            (before + n * timedelta(days=1)).astimezone(zone_info).utcoffset() for n in (0, 1)
        }
        if len(offsets) == 1:
            continue
        changes += 1
        for hours in range(-6, 30, 3):
            after = before + timedelta(hours=hours, minutes=10)
            assert (
                cron.following(expr, after, zone_info) == starts(text, zone_info, after, 60 * 30)[0]
            )
    assert changes == 2


@pytest.mark.parametrize(
    ("text", "zone", "after", "moment"),
    [
        ("6 0 * * *", "UTC", "2026-11-22T21:00", "2026-11-23T00:06"),
        ("6 0 * * *", "UTC", "2026-11-23T00:06", "2026-11-24T00:06"),
        # Cairo jumps from 00:00 to 01:00 on 26 April 2024: 00:06 comes right after the jump, once.
        ("6 0 * * *", "Africa/Cairo", "2024-04-25T20:00", "2024-04-25T22:00"),
        ("6 0 * * *", "Africa/Cairo", "2024-04-25T22:00", "2024-04-26T21:06"),
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:00"),
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
    next_moment = cron.following(cron.parse(text), begin, clock.find_zone(zone))
    assert next_moment == datetime.fromisoformat(moment).replace(tzinfo=UTC)


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
        ("6 0 * * moon", "weekday 'moon' is not valid; valid: 0 to 7, or sun to sat"),
        ("5/10 * * * *", "minute '5/10' is not valid"),
        ("*/0 * * * *", "minute '*/0' is not valid"),
        ("30-10 * * * *", "minute '30-10' is not valid"),
        ("-5 * * * *", "minute '-5' is not valid"),
        ("1,,2 * * * *", "minute '1,,2' is not valid; valid: 0 to 59, *, a-b, */n, a-b/n"),
        ("٣ 0 * * *", "is not valid"),
        ("0 0 30 2 *", "never runs: no such month has a day 30"),
        # Cron does not know what cronsim knows.
        ("0 0 L * *", "day of the month 'l' is not valid"),
        ("0 0 * * 5#2", "weekday '5#2' is not valid"),
        ("@reboot", "unknown '@reboot'; valid: five fields, or @hourly"),
    ],
)
def test_an_invalid_expression_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        cron.parse(text)


def test_names_become_numbers_that_every_cron_reads() -> None:
    assert cron.parse("6 0 * Jan-MAR mon,Fri-sun").text == "6 0 * 1-3 1,5-7"
    assert cron.parse("@weekly").text == "0 0 * * 0"
    assert cron.parse("5-55/10 * * * *").text == "5-55/10 * * * *"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@settings(max_examples=25, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=4, max_size=4))
def test_systemd_means_the_same_moments(texts: list[str]) -> None:
    for text in texts:
        expr = cron.parse(text)
        lines = [f"{line} UTC" for line in systemd.calendar(expr)]
        command = ["systemd-analyze", "calendar", "--base-time", f"{BASE:%Y-%m-%d %H:%M:%S} UTC"]
        done = subprocess.run([*command, *lines], capture_output=True, text=True, check=True)
        nexts = re.findall(r"(?:Next elapse|\(in UTC\)): \w+ (\S+ \S+) UTC", done.stdout)
        assert nexts, done.stdout
        first = min(
            datetime.fromisoformat(text_moment).replace(tzinfo=UTC) for text_moment in nexts
        )
        assert first == cron.following(expr, BASE, UTC)


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS, st.integers(0, 400 * 24 * 60))
def test_launchd_means_the_same_minutes_or_is_refused(text: str, minutes: int) -> None:
    expr = cron.parse(text)
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
        is_shown = any(all(shown[key] == value for key, value in entry.items()) for entry in dicts)
        assert is_shown == means(text, at)
        return
    both = "cannot combine a day and a weekday" in refusal
    assert both == (restricted and not expr.either_day)
    assert both or re.search("needs .* entries for .*, more than 500", refusal)


def test_zones_of_the_tests_are_there() -> None:
    assert all(ZoneInfo(name) for name in ZONES)
