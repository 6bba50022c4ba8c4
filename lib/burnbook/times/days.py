"""Days as users enter them: a date, `today`, `yesterday`, a day of the week, or `7d`."""

from datetime import date, timedelta
from typing import NamedTuple

from burnbook.base.errors import UsageError
from burnbook.base.text import regex

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COUNT = regex(r"([0-9]{1,6})d")


class Days(NamedTuple):
    """A range of days, both inclusive; None is no limit."""

    since: date | None = None
    until: date | None = None


def parse_day(flag: str, text: str, today: date) -> date:
    """Returns the day that `text` names: `7d` is 7 days before `today`, `monday` the last one.

    A day of the week is `today` itself if today is that day. Raises UsageError, naming `flag`.
    """
    word = text.strip().lower()
    try:
        if word in _WEEK:
            return today - timedelta(days=(today.weekday() - _WEEK.index(word)) % 7)
        if word in ("today", "yesterday"):
            return today - timedelta(days=word == "yesterday")
        if count := _COUNT.fullmatch(word):
            return today - timedelta(days=int(count[1]))
        return date.fromisoformat(word.upper())
    except (ValueError, OverflowError):
        raise UsageError(
            f"{flag} {text!r} is not a day, such as 2026-11-22, today, yesterday, monday or 7d"
        ) from None


def parse_days(today: date, since: str | None, until: str | None, last: str | None) -> Days:
    """Returns the days from `since` to `until`, or the `last` days up to and including `today`.

    Raises UsageError for text that is not valid, for `last` with another limit, and for a range
    that ends before it begins.
    """
    if last is not None:
        if since is not None or until is not None:
            raise UsageError("--last sets both limits; leave out --since and --until, or --last")
        count = _COUNT.fullmatch(last.strip().lower())
        if not count or not 0 < int(count[1]) <= today.toordinal():
            raise UsageError(f"--last {last!r} is not a number of days, such as 1d, 7d or 30d")
        return Days(today - timedelta(days=int(count[1]) - 1), today)
    days = Days(
        None if since is None else parse_day("--since", since, today),
        None if until is None else parse_day("--until", until, today),
    )
    if days.since is not None and days.until is not None and days.since > days.until:
        raise UsageError(f"--since {days.since} is after --until {days.until}")
    return days
