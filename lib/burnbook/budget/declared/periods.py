"""The period of a budget: the day, week (from Monday) or month of a moment in a time zone."""

from datetime import datetime, timedelta, tzinfo

from msgspec import Struct

from burnbook.times import clock


class Period(Struct, frozen=True):
    """A period, from `starts_at` (included) to `ends_at`, UTC; null is unknown.

    `name` is 2026-11-22, 2026-W47, 2026-11 or the id of a window.
    """

    name: str
    starts_at: datetime | None
    ends_at: datetime | None


def period_of(per: str, moment: datetime, zone: tzinfo) -> Period:
    """Returns the day, week or month in which a moment is. Raises ValueError for another word."""
    today = clock.to_wall(moment, zone).replace(
        tzinfo=None, hour=0, minute=0, second=0, microsecond=0
    )
    if per == "day":
        name, first, after = f"{today:%Y-%m-%d}", today, today + timedelta(days=1)
    elif per == "week":
        year, week, weekday = today.isocalendar()
        first = today - timedelta(days=weekday - 1)
        name, after = f"{year}-W{week:02}", first + timedelta(days=7)
    elif per == "month":
        first = today.replace(day=1)
        name, after = f"{today:%Y-%m}", (first + timedelta(days=31)).replace(day=1)
    else:
        raise ValueError(f"{per!r} is no period; valid: day, week, month")
    return Period(name, clock.to_utc(first, zone), clock.to_utc(after, zone))
