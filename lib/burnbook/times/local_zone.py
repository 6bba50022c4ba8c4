"""The machine's own time zone, from the C library (TZ, else /etc/localtime).

`datetime.astimezone()` gives a naive wall time the offset after a transition, so a skipped time is
too early. This `tzinfo` follows PEP 495, as `zoneinfo` does: with fold=0, a skipped time has the
offset before the transition, and a repeated time is the first of the two. It only uses
`time.localtime`, so any valid TZ works, including a POSIX rule.
"""

import os
from datetime import datetime, timedelta, tzinfo

from burnbook.base.errors import BadConfig

_EPOCH = datetime(1970, 1, 1)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class LocalZone(tzinfo):
    """The zone of this process. There is one instance, LOCAL."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """Returns the offset of a wall time."""
        if moment is None:
            return None
        # `timestamp` of a naive time tries localtime around it and respects the fold.
        wall = moment.replace(tzinfo=None, microsecond=0)
        return _checked(wall - _EPOCH - wall.timestamp() * _SECOND)

    def fromutc(self, moment: datetime) -> datetime:
        """Returns the wall time of a UTC moment, with the fold of a repeated time."""
        utc = moment.replace(tzinfo=None)
        # `fromtimestamp` without a zone is the C library's local time; it sets the fold.
        wall = datetime.fromtimestamp((utc - _EPOCH) // _SECOND)
        _checked(wall - utc.replace(microsecond=0))
        return wall.replace(tzinfo=self, microsecond=utc.microsecond)

    def dst(self, moment: datetime | None) -> None:
        """Returns None: no caller needs it."""

    def tzname(self, moment: datetime | None) -> str:
        """Returns the name that the config uses."""
        return "local"


LOCAL = LocalZone()


def _checked(offset: timedelta) -> timedelta:
    """Returns the offset. Raises BadConfig if it is a day or more, which Python does not allow."""
    if abs(offset) < _DAY:
        return offset
    hours = offset / timedelta(hours=1)
    raise BadConfig(
        f"TZ={os.environ.get('TZ', '')!r} is {hours:+g} hours from UTC, which is not a time zone; "
        "set TZ to a name such as Europe/Berlin, or timezone in windows.toml"
    )
