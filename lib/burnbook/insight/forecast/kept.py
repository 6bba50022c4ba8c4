"""The last forecast of a book, in `cache/forecast.json`, for commands that must be quick.

`forecast` and `report` renew it. `preview`, `watch` and `statusline` show it while it is
fresh: not older than six hours, of the window that is open, and with no more than ten points used
since. The file may be deleted; then they show the straight line.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo

import msgspec

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.insight.forecast.words import between, day, label, likely
from burnbook.meters.deltas import SAME_RESET
from burnbook.meters.vendor_meters import ShownMeter
from burnbook.times import clock

FILE = "cache/forecast.json"
FRESH = timedelta(hours=6)
_MINUTE = timedelta(minutes=1)
_OLD = timedelta(hours=1)  # an older forecast is shown with its age
_USED_SINCE = 10.0  # percent


class Kept(msgspec.Struct, frozen=True):
    """The forecast of one limit, made at a moment: the probability, and what will be unused.

    `low` and `high` are the 95% band, in the `unit`. `sources` are the agents' folders, with
    the agent that booked them, whose readings are of the account; null is unknown.
    """

    kind: str
    name: str
    provider: str | None
    account: str | None
    sources: tuple[tuple[str | None, str | None], ...]
    unit: str
    used: float
    computed_at: datetime
    resets_at: datetime
    runs_out: float
    low: float
    high: float

    @property
    def label(self) -> str:
        """The account and the meter, or the budget."""
        return label(self.kind, self.name, self.account or self.provider)

    def clause(self, now: datetime, zone: tzinfo) -> str:
        """The forecast in a clause: `12% likely to run out before ...; ... left at the reset`."""
        reset = day(self.resets_at, now, zone)
        unit = "points" if self.unit == "percent" else self.unit
        left = between(self.low, self.high, unit)
        age = now - self.computed_at
        old = f" (forecast {clock.span(age // _MINUTE * 60)} old)" if age > _OLD else ""
        chance = f"{likely(self.runs_out)} likely to run out before {reset}"
        return f"{chance}; {left} left at the reset{old}"


class _File(msgspec.Struct):
    forecasts: list[Kept]


def keep(root: str, rows: Sequence[Kept]) -> None:
    """Replaces the kept forecasts. Without the file, as on a read-only disk, there are none."""
    data = msgspec.json.encode(_File([*rows])) + b"\n"
    with suppress(OSError, IOFault):
        RootedPath(root, FILE).replace(data, durable=False)


def load(root: str, now: datetime) -> list[Kept]:
    """Returns the kept forecasts that are fresh; none if there is no usable file."""
    with suppress(OSError, IOFault, msgspec.DecodeError, UnicodeDecodeError):
        rows = msgspec.json.decode(RootedPath(root, FILE).read() or b"", type=_File).forecasts
        return [
            row
            for row in rows
            if timedelta() <= now - row.computed_at <= FRESH and row.resets_at > now
        ]
    return []


def of_meter(
    rows: Sequence[Kept],
    provider: str,
    account: str,
    meter: str,
    used_percent: float | None,
    resets_at: datetime | None,
) -> Kept | None:
    """Returns the forecast of a meter as it is now; None if none is kept, or if it has changed."""
    for row in rows:
        if (row.kind, row.provider, row.account, row.name) == ("meter", provider, account, meter):
            return row if holds(row, used_percent, resets_at) else None
    return None


def of_source(
    rows: Sequence[Kept], source: tuple[str | None, str | None], meters: Sequence[ShownMeter]
) -> dict[str, float]:
    """Returns the probabilities of meters that a folder and agent show, by the meter's name."""
    return {
        row.name: row.runs_out
        for row in rows
        for meter in meters
        if row.name == meter.name
        and source in row.sources
        and holds(row, meter.used_percent, meter.resets_at)
    }


def holds(row: Kept, used_percent: float | None, resets_at: datetime | None) -> bool:
    """Whether a forecast is of the window that a meter shows, and not much was used since."""
    if used_percent is None or resets_at is None:
        return False
    is_same = abs(resets_at - row.resets_at) <= max(SAME_RESET, timedelta(minutes=15))
    return is_same and -1 <= used_percent - row.used <= _USED_SINCE
