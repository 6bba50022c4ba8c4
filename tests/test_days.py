"""Days as users enter them, relative to a given day."""

from datetime import date

import pytest
from burnbook.base.errors import UsageError
from burnbook.times.days import Days, parse_day, parse_days
from hypothesis import given
from hypothesis import strategies as st

SUNDAY = date(2026, 11, 22)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-16", "2026-11-16"),
        ("20261116", "2026-11-16"),
        ("2026-W47-1", "2026-11-16"),
        ("2027-01-01", "2027-01-01"),
        ("today", "2026-11-22"),
        ("yesterday", "2026-11-21"),
        ("sunday", "2026-11-22"),
        ("monday", "2026-11-16"),
        ("saturday", "2026-11-21"),
        ("Monday", "2026-11-16"),
        ("0d", "2026-11-22"),
        ("1d", "2026-11-21"),
        ("7d", "2026-11-15"),
        ("30D", "2026-10-23"),
    ],
)
def test_a_day_is_a_date_or_relative_to_today(text: str, day: str) -> None:
    assert parse_day("--since", text, SUNDAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        *("", "d", "-7d", "7", "7 d", "7w", "1.5d", "\u0667d", "999999d", "9" * 5000 + "d"),
        *("tomorrow", "mon", "2026-02-30", "2026-11", "0000-01-01", "2026-11-22T10:00"),
    ],
)
def test_other_text_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_day("--until", text, SUNDAY)
    assert str(refused.value).startswith(f"--until {text!r} is not a day, such as ")
    examples = str(refused.value).split("such as ")[1].replace(" or ", ", ").split(", ")
    assert [parse_day("--until", example, SUNDAY) for example in examples]


@given(st.dates(date(1971, 1, 1)), st.sampled_from(WEEK))
def test_a_day_of_the_week_is_the_last_such_day(today: date, name: str) -> None:
    day = parse_day("--since", name, today)
    assert day.strftime("%A").lower() == name
    assert 0 <= (today - day).days < 7


def test_last_is_that_many_days_up_to_today() -> None:
    assert parse_days(SUNDAY, None, None, "7d") == Days(date(2026, 11, 16), SUNDAY)
    assert parse_days(SUNDAY, None, None, "1d") == Days(SUNDAY, SUNDAY)
    assert parse_days(SUNDAY, None, None, None) == Days()
    assert parse_days(SUNDAY, "saturday", "today", None) == Days(date(2026, 11, 21), SUNDAY)


@pytest.mark.parametrize("last", ["", "0d", "7", "monday", "2026-11-16", "999999d", "-1d"])
def test_other_numbers_of_days_are_refused(last: str) -> None:
    with pytest.raises(UsageError, match="is not a number of days, such as 1d, 7d or 30d"):
        parse_days(SUNDAY, None, None, last)


@pytest.mark.parametrize(
    ("since", "until", "last", "message"),
    [
        ("today", "yesterday", None, "--since 2026-11-22 is after --until 2026-11-21"),
        ("monday", None, "7d", "--last sets both limits"),
        (None, "today", "7d", "--last sets both limits"),
    ],
)
def test_limits_that_contradict_each_other_are_refused(
    since: str | None, until: str | None, last: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        parse_days(SUNDAY, since, until, last)
