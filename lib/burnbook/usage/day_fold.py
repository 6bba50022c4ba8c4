"""The fold of agents' usage by day, in the config's zone: what most reports read, and the preview.

Where it is far behind (a new book, a lost cache, another zone) it starts from the large fold, which
is up to date after each ingest, and not from the journal.
"""

import os
from datetime import tzinfo

from burnbook.book import journal
from burnbook.book.book import Book
from burnbook.book.fold import Fold
from burnbook.config.loader import Config
from burnbook.rows.meters import NewerRow
from burnbook.rows.usage import AgentUsage
from burnbook.usage.daily import Daily, Day
from burnbook.usage.totals import Counts

_FAR = 1 << 20  # bytes of the journal that are read faster than the large fold
_LOCALTIME = "/etc/localtime"
Used = AgentUsage | NewerRow | None


class DayFold(Fold[Daily]):
    """Days of one zone; `name` tells its rules from those of another."""

    suffix = "days"

    def __init__(self, book: Book, zone: tzinfo, name: str) -> None:
        self.book, self.zone, self.zone_name = book, zone, name
        self.kept = 0
        super().__init__(book.root, "agent_usage", Daily, self._step)
        self.saved = self.kept

    def _load(self) -> tuple[int, Daily]:
        self.kept, value = super()._load()
        if journal.size(self.path) - self.kept <= _FAR:
            return self.kept, value
        large, value = self.book.used_fold, Daily()
        value.see(self.zone)
        value.take(large.value)
        return large.offset, value

    def _step(self, value: Daily, row: Used, offset: int, length: int) -> None:
        value.see(self.zone)
        value.add(row, offset, length)

    def _shape(self) -> str:
        return f"{super()._shape()}:{self.zone_name}"


def daily(book: Book, config: Config) -> DayFold:
    """The fold in the config's zone."""
    fold = DayFold(book, config.zone, zone_name(config))
    book.saw("agent_usage", fold.value)
    return fold


def zone_name(config: Config) -> str:
    """What tells the days of the config's zone from those of another."""
    name = config.windows.timezone
    return _local() if name == "local" else name


def of_window(book: Book, config: Config, window: str) -> list[tuple[Day, Counts]] | None:
    """What agents used in a window, by day, tool and model; None where no log of theirs tells."""
    fold = daily(book, config)
    fold.save()
    return [one for one in fold.value.table.items() if one[0].window == window] or None


def _local() -> str:
    """What the machine's own zone hangs on."""
    try:
        status = os.stat(_LOCALTIME)
        told = f"{os.path.realpath(_LOCALTIME)} {status.st_mtime_ns}"
    except OSError:
        told = "none"
    return f"local {os.environ.get('TZ', '')} {told}"
