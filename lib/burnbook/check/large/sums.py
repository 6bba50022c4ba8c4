"""What the rows of telemetry add to the tables of the store, from rows that `check` has anyway.

To read them again for the tables would take as long as to verify them.
"""

from collections.abc import Sequence
from functools import partial
from sqlite3 import Connection
from typing import Any

import msgspec

from burnbook.store.membership import Membership, Span
from burnbook.store.projection import Stretch
from burnbook.telemetry.increment import Increment, Rows
from burnbook.telemetry.tables import write

_TOGETHER = 2048  # rows: to sum 75 at a time takes five times as long
_PORTION = 1 << 18  # rows of an increment: it bounds the memory for keys


class Sums:
    """Increments of the tables, encoded: start, end and bytes of each.

    None is left once there is a row that the store does not only add: a duplicate, or one that
    supersedes another.
    """

    def __init__(self, windows: Membership) -> None:
        self.windows = windows
        self._rows = self._new()
        self._start: int | None = None
        self._offsets: list[int] = []
        self._waiting: list[Any] = []
        self._end = 0
        self._done: list[tuple[int, int, bytes]] = []
        self._is_regular = True

    def add(self, offsets: list[int], rows: list[Any]) -> None:
        """Adds rows that follow one another; `offsets` also has the end of the last one."""
        if self._start is None:
            self._start = offsets[0]
        self._offsets += offsets[:-1]
        self._waiting += rows
        self._end = offsets[-1]
        if len(self._waiting) >= _TOGETHER:
            self._sum()
        if self._rows.count >= _PORTION:
            self._finish()

    def take(self) -> list[tuple[int, int, bytes]]:
        """The increments of all rows so far."""
        self._finish()
        return self._done if self._is_regular else []

    def _sum(self) -> None:
        if self._is_regular and self._waiting:
            repeated = self._rows.add(self._offsets, self._waiting)
            self._is_regular = not repeated and not self._rows.corrections
        self._offsets, self._waiting = [], []

    def _finish(self) -> None:
        self._sum()
        if self._start is None or not self._is_regular:
            return
        increment = self._rows.increment(self._start, self._end)
        try:
            self._done.append((self._start, self._end, msgspec.msgpack.encode(increment)))
        except OverflowError:  # a sum of more than 64 bits
            self._is_regular = False
        self._rows, self._start = self._new(), None

    def _new(self) -> Rows:
        return Rows(lambda *_: set(), self.windows)


def stretches(sums: Sequence[tuple[int, int, bytes]], spans: tuple[Span, ...]) -> Sequence[Stretch]:
    """Increments for the tables, by these windows of requests that name none."""
    return [Stretch(start, end, partial(_add, data), spans) for start, end, data in sums]


def _add(data: bytes, database: Connection) -> None:
    write(database, msgspec.msgpack.decode(data, type=Increment))
