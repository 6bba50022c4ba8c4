"""Parses the reset text of a pane: `13:04 on 8 Oct` -> a moment in UTC.

Nothing here reads the clock; the moment of capture is a parameter. Panes print local wall time to
the minute, mostly without a year, often without a date.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

import msgspec

SLACK = timedelta(minutes=2)
"""Panes round: the reset of a 300-minute window may be 5h00m59s ahead."""

_MONTH_SLACK = timedelta(days=1, hours=1)
_DAY_MINUTES = 1440
_MONTH_MINUTES = 28 * _DAY_MINUTES

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_TIME = r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?(?: ?(?P<half>[ap])\.?m\b\.?)?"
_FLAGS = re.IGNORECASE | re.ASCII
_TIME_FIRST = re.compile(_TIME + r"(?:(?:,| on|) (?P<date>\S.*))?", _FLAGS)
_TIME_LAST = re.compile(r"(?P<date>.{3,30}?)(?:, ?| at | )" + _TIME, _FLAGS)
_YEAR = r"(?:,? (?P<year>\d{4}))?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DAY_FIRST = re.compile(_DAY + r" (?P<month>[a-z]{3,9})\.?" + _YEAR, _FLAGS)
_MONTH_FIRST = re.compile(r"(?P<month>[a-z]{3,9})\.? " + _DAY + _YEAR, _FLAGS)
_ZONE = re.compile(r" ?\(([A-Za-z][A-Za-z0-9_+/ -]*)\)$")
_WAIT = re.compile(
    r"in ?(?:(?P<days>\d{1,3}) ?d(?:ays?)?)?,? ?(?:(?P<hours>\d{1,3}) ?h(?:(?:ou)?rs?)?)?"
    r",? ?(?:(?P<minutes>\d{1,4}) ?m(?:in(?:ute)?s?)?)?"
    r",? ?(?:(?P<seconds>\d{1,5}) ?s(?:ec(?:ond)?s?)?)?",
    _FLAGS,
)


class WallTime(msgspec.Struct, frozen=True):
    """A wall time. `zone` is the IANA name in the pane, if it has one."""

    hour: int
    minute: int
    day: int | None = None
    month: int | None = None
    year: int | None = None
    zone: str | None = None


class SameDay(WallTime, frozen=True):
    """A time without a date, from a vendor that leaves the date out only on the day itself."""


def parse_reset(text: str) -> WallTime | None:
    """Parses the text after `resets`: 12h or 24h, day or month first, year and zone optional.

    Returns None for any other text, and for impossible times (`25:00`, `13pm`, `31 Feb`).
    """
    text, zone = _split_zone(text)
    for pattern in (_TIME_FIRST, _TIME_LAST):
        if (match := pattern.fullmatch(text)) and (clock := _clock(match)) is not None:
            day = _date(match["date"])
            return None if day is None else WallTime(*clock, *day, zone)
    return None


def parse_day(text: str) -> WallTime | None:
    """Parses a date alone, `May 1 (UTC)`, as its midnight. Returns None for any other text."""
    text, zone = _split_zone(text)
    day = _date(text)
    return None if day is None else WallTime(0, 0, *day, zone)


def parse_wait(text: str) -> timedelta | None:
    """Parses `in 2h 15m`, `in 4 days`, `in 45s`. Returns None for any other text."""
    match = _WAIT.fullmatch(" ".join(text[:200].split()))
    units = {unit: int(n) for unit, n in match.groupdict().items() if n} if match else {}
    return timedelta(**units) if units else None


def is_zone(name: str) -> bool:
    """Returns whether this machine knows a time zone of this name."""
    return _named(name) is not None


def _split_zone(text: str) -> tuple[str, str | None]:
    """Returns the text without the zone in brackets at its end, and that zone."""
    text = " ".join(text[:200].split())
    match = _ZONE.search(text)
    if match is None:
        return text, None
    # A narrow pane may wrap inside the name; IANA names have no spaces.
    return text[: match.start()], match[1].replace(" ", "")


def _clock(match: re.Match[str]) -> tuple[int, int] | None:
    hour, minute, half = int(match["hour"]), match["minute"], match["half"]
    if half is None:
        if minute is None or hour > 23 or int(minute) > 59:
            return None
        return hour, int(minute)
    if not 1 <= hour <= 12 or int(minute or 0) > 59:
        return None
    return hour % 12 + (12 if half in "pP" else 0), int(minute or 0)


def _date(text: str | None) -> tuple[int | None, int | None, int | None] | None:
    if text is None:
        return None, None, None
    match = _DAY_FIRST.fullmatch(text) or _MONTH_FIRST.fullmatch(text)
    if match is None:
        return None
    name = match["month"].lower()
    months = [n for n, full in enumerate(_MONTHS, 1) if full.startswith(name) or name == full[:4]]
    year = int(match["year"]) if match["year"] else None
    # Without a year, 29 Feb is valid: 2000 has it.
    if len(months) != 1 or _day(year or 2000, months[0], int(match["day"])) is None:
        return None
    return int(match["day"]), months[0], year


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def resolve(
    wall: WallTime, captured_at: datetime, window_minutes: int | None, zone: tzinfo
) -> tuple[datetime | None, bool]:
    """Returns the moment (UTC) of `wall` in a pane captured at `captured_at`, and `stale`.

    It is the next such moment after the capture. If that is further away than the length of the
    meter's window, it is the last such moment, and the pane is stale. Without `window_minutes` it
    is always the next. A time with a year is one moment, and stale once it has passed. A `SameDay`
    of a window of over a day is on the day of the capture. The pane's zone overrides `zone`; it is
    None for an unknown name.
    """
    local = zone if wall.zone is None else _named(wall.zone)
    if local is None:
        return None, False
    moments = sorted(_moments(wall, captured_at, local))
    following = next((moment for moment in moments if moment > captured_at), None)
    last = next((moment for moment in reversed(moments) if moment <= captured_at), None)
    if wall.year is not None:
        return following or last, following is None and last is not None
    if following is None:
        return None, False
    if isinstance(wall, SameDay) and (window_minutes or 0) > _DAY_MINUTES and last is not None:
        is_today = following.astimezone(local).date() == captured_at.astimezone(local).date()
        return (following, False) if is_today else (last, True)
    if window_minutes is None or last is None:
        return following, False
    reach = timedelta(minutes=window_minutes) + SLACK
    if window_minutes >= _MONTH_MINUTES:
        # A monthly meter has 43200 minutes, but a month has up to 31 days and an hour of DST.
        reach += _MONTH_SLACK
    return (last, True) if following - captured_at > reach else (following, False)


def _named(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    import zoneinfo  # Most panes name no zone, and the import takes milliseconds.

    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _moments(wall: WallTime, captured_at: datetime, zone: tzinfo) -> Iterator[datetime]:
    for day in _days(wall, captured_at.astimezone(zone).date()):
        naive = datetime(day.year, day.month, day.day, wall.hour, wall.minute)
        try:
            first, second = (
                naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
            )
        except (OverflowError, ValueError, OSError):  # the ends of the calendar
            continue
        yield first
        if second > first:  # A DST change repeats this time (PEP 495).
            yield second


def _days(wall: WallTime, today: date) -> Iterator[date]:
    if wall.day is None or wall.month is None:
        ordinals = range(max(1, today.toordinal() - 2), today.toordinal() + 3)
        yield from (date.fromordinal(n) for n in ordinals if n <= date.max.toordinal())
        return
    # 29 Feb can be eight years away (1896 to 1904, 2096 to 2104).
    years = range(today.year - 8, today.year + 9) if wall.year is None else (wall.year,)
    for year in years:
        if (day := _day(year, wall.month, wall.day)) is not None:
            yield day
