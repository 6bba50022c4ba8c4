"""The period of an export, from the days that its flags name."""

from datetime import date, datetime, timedelta, tzinfo

from burnbook.times import clock
from burnbook.times.days import parse_days


def between(
    zone: tzinfo, now: datetime, since: str, until: str | None
) -> tuple[tuple[date, date], datetime, datetime]:
    """Returns the first and the last day of a period in a zone, and the moments of its ends.

    Raises UsageError for text that names no day.
    """
    today = clock.to_wall(now, zone).date()
    days = parse_days(today, since, until, None)
    first, last = days.since or today, days.until or today
    began, ended = (
        clock.to_utc(datetime(each.year, each.month, each.day), zone)
        for each in (first, last + timedelta(1))
    )
    return (first, last), began, ended
