"""What agents used, by day: a small fold beside that of `used`, for reports that need no more.

A year of it is some thousand rows, where the cells of `used` may be hundreds of thousands.
"""

from datetime import date, tzinfo
from typing import NamedTuple

import msgspec

from burnbook.rows.meters import NewerRow
from burnbook.rows.skipped import Passed
from burnbook.rows.usage import AgentUsage
from burnbook.usage.quarters import QUARTER, Days
from burnbook.usage.totals import Counts, Place, Used, counts, place


class Day(NamedTuple):
    """What is told apart; `ordinal` is the day in the zone of the fold (date.toordinal)."""

    ordinal: int
    window: str | None
    tool: str
    model: str | None
    has_usd: bool


class Daily(Passed, msgspec.Struct, dict=True):
    """Sums by day, window, tool and model. `see` says in which zone, before anything is added."""

    days: list[tuple[Day, Counts]] = []

    def see(self, zone: tzinfo) -> None:
        """Days are those of this zone."""
        if "day_of" not in self.__dict__:
            self.__dict__["day_of"] = Days(zone)

    def add(self, row: AgentUsage | NewerRow | None, offset: int, length: int) -> None:
        """Take the journal's next row in; None is a line that does not hold."""
        if row is None or isinstance(row, NewerRow):
            self.miss(row)
            return
        ordinal = self._day(int(row.ts.timestamp()) // QUARTER).toordinal()
        for tokens, sign in ((row, 1), (row.superseded, -1)):
            if tokens is not None:
                day = Day(ordinal, *_which(place(row, tokens)))
                self.table.setdefault(day, Counts()).take(counts(tokens), sign)

    def take(self, used: Used) -> None:
        """Add everything that the large fold has."""
        for (day, which), sums in used.sums(self._day, _which).items():
            self.table.setdefault(Day(day.toordinal(), *which), Counts()).take(sums)
        self.miss_all([used])

    @property
    def table(self) -> dict[Day, Counts]:
        """The sums by day."""
        if "table" not in self.__dict__:
            self.__dict__["table"] = dict(self.days)
        table: dict[Day, Counts] = self.__dict__["table"]
        return table

    def pack(self) -> None:
        """Make everything part of the fields that are encoded."""
        self.days = list(self.table.items())

    def _day(self, bucket: int) -> date:
        day: date = self.__dict__["day_of"](bucket)
        return day


def _which(where: Place) -> tuple[str | None, str, str | None, bool]:
    tool, model, _, _, _, _, window, has_usd = where
    return window, tool, model, has_usd
