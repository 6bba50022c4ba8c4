"""The clock, time parsing, zones and reset arithmetic. No other module reads the clock.

Every moment inside burnbook is an aware UTC datetime. A zone is a `tzinfo`; `local` is the
machine's own zone (local_zone.py).
"""

from datetime import UTC, datetime, timedelta, tzinfo

from burnbook.base.errors import BadConfig, UsageError
from burnbook.base.text import span as span
from burnbook.times.local_zone import LOCAL

# Years that users may enter: outside, adding a window's length could leave the calendar.
YEARS = (1971, 2999)

_at: datetime | None = None


def wall_clock() -> datetime:
    """Returns the real moment, UTC, for the stamp of a row; `--at` does not change it."""
    return datetime.now(UTC)


def now() -> datetime:
    """Returns the moment to act as of, UTC: `--at` if given, else the real one."""
    return _at or wall_clock()


def is_given() -> bool:
    """Returns whether `--at` was given."""
    return _at is not None


def act_at(moment: datetime | None) -> None:
    """Sets the moment that `now()` returns (`--at`); None restores the clock."""
    global _at
    _at = moment


def parse_time(text: str, zone: tzinfo) -> datetime:
    """Returns ISO 8601 text as a UTC moment; without an offset it is wall time in `zone`.

    Raises UsageError for other text.
    """
    try:
        return bounded(datetime.fromisoformat(text.strip()), zone)
    except (ValueError, OverflowError):
        raise UsageError(
            f"time {text!r} is not ISO 8601, such as 2026-11-22T18:30 or 2026-11-22T17:30:00Z, "
            f"from {YEARS[0]} to {YEARS[1]}"
        ) from None


def bounded(moment: datetime, zone: tzinfo) -> datetime:
    """Returns `to_utc` of a moment that a user entered. Raises ValueError outside YEARS."""
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise ValueError(f"year {moment.year}")
    return to_utc(moment, zone)


def to_utc(moment: datetime, zone: tzinfo) -> datetime:
    """Returns a wall time in `zone` (or an aware time) as UTC.

    A wall time that a DST change skips has the offset before the change; a repeated one is the
    first of the two (PEP 495, fold=0).
    """
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def to_wall(moment: datetime, zone: tzinfo) -> datetime:
    """Returns a UTC moment as an aware wall time in `zone`."""
    return moment.astimezone(zone)


def find_zone(name: str) -> tzinfo:
    """Returns the zone of an IANA name, or of the machine (`local`). Raises BadConfig."""
    if name == "local":
        return LOCAL
    if name.upper() == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadConfig(
            f"unknown time zone {name!r}; valid: local, or an IANA name such as Europe/Berlin"
        ) from None


def next_wall(after: datetime, hour: int, minute: int, zone: tzinfo) -> datetime:
    """Returns the first moment after `after` (UTC) when a clock in `zone` shows hour:minute."""
    day = to_wall(after, zone).replace(tzinfo=None, fold=0)
    for ahead in range(-1, 3):
        wall = (day + timedelta(days=ahead)).replace(
            hour=hour, minute=minute, second=0, microsecond=0
        )
        moment = to_utc(wall, zone)
        if moment > after:
            return moment
    raise AssertionError("a wall clock shows every time of day at least once in three days")


def iso(moment: datetime) -> str:
    """Returns a moment as ISO 8601 in UTC, with `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970, UTC: how the store keeps a moment."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The UTC moment so many microseconds after 1970 began."""
    return _EPOCH + timedelta(microseconds=micros)
