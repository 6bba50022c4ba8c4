"""What rows of the journal add to the tables of telemetry."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from burnbook.rows.meters import NewerRow
from burnbook.store.membership import Membership
from burnbook.store.time_index import Block
from burnbook.telemetry.rows import by_day, key_of, keys_of
from burnbook.telemetry.traffic import Traffic

Known = Callable[[str, set[int]], set[int]]
_TOGETHER = 1 << 14  # rows whose sums are made together
_supersedes = attrgetter("supersedes")


class Increment(msgspec.Struct):
    """The rows from byte `start` to byte `end` of the journal: keys by UTC day, sums by window.

    `requests` is their number, of which some are in no window. `superseded` are the keys of rows
    that some of them supersede.
    """

    start: int
    end: int
    keys: dict[str, list[int]] = {}
    traffic: dict[str, Traffic] = {}
    requests: int = 0
    blocks: list[Block] = []
    superseded: dict[str, list[int]] = {}

    def add(
        self,
        end: int,
        keys: Mapping[str, Iterable[int]],
        traffic: Mapping[str, Traffic],
        blocks: Iterable[Block],
    ) -> None:
        """Add the rows up to byte `end`."""
        self.end = end
        self.blocks += blocks
        for day, of_day in keys.items():
            of_day = [*of_day]
            self.requests += len(of_day)
            self.keys.setdefault(day, []).extend(of_day)
        for window, of_window in traffic.items():
            self.traffic.setdefault(window, Traffic()).merge(of_window)


class Rows:
    """Counts rows, each once.

    `known(day, keys)` returns the keys that the tables have, `dead(day, keys)` those of superseded
    rows. `corrections` are the rows that supersede others.
    """

    def __init__(self, known: Known, membership: Membership, dead: Known | None = None) -> None:
        self.count = self.requests = 0
        self.corrections: list[Any] = []
        self._dead = dead
        self._membership = membership
        self._blocks: list[Block] = []
        self._known = known
        self._keys: dict[str, set[int]] = {}
        self._waiting: dict[str, list[Any]] = {}
        self._traffic: dict[str, Traffic] = {}

    def add(self, offsets: list[int], rows: list[Any]) -> list[int]:
        """Add rows; returns the offsets of those that are duplicates."""
        repeated: set[int] = set()
        has_newer = NewerRow in set(map(type, rows))
        for day, of_day in by_day(rows).items():
            keys = keys_of(of_day)
            new, seen = set(keys), self._keys.setdefault(day, set())
            known = self._known(day, new)
            if known or len(new) < len(keys) or not seen.isdisjoint(new):
                of_day = _first(of_day, keys, seen | known, repeated)
            seen |= new - known if known else new
            usual = _without_newer(of_day) if has_newer else of_day
            if any(map(_supersedes, usual)):
                self.corrections += [row for row in usual if row.supersedes]
            dead = self._dead(day, new) if self._dead else ()
            if dead:
                usual = [row for row in usual if key_of(row.id) not in dead]
            self._sum(usual)
        self.count += len(rows)
        moments = [row.ts for row in (_without_newer(rows) if has_newer else rows)]
        if moments:
            first, last = min(moments).timestamp(), max(moments).timestamp()
            self._blocks.append(Block(offsets[0], offsets[len(rows) - 1], first, last))
        if not repeated:
            return []
        return [n for n, row in zip(offsets, rows, strict=False) if id(row) in repeated]

    def increment(self, start: int, end: int) -> Increment:
        """The sums of all rows."""
        for window, rows in self._waiting.items():
            if rows:
                self._traffic.setdefault(window, Traffic()).add(rows)
        self._waiting.clear()
        keys = {day: list(of_day) for day, of_day in self._keys.items() if of_day}
        superseded: dict[str, list[int]] = {}
        for row in self.corrections:
            superseded.setdefault(str(row.ts.date()), []).append(key_of(row.supersedes))
        sums = (self._traffic, self.requests, self._blocks)
        return Increment(start, end, keys, *sums, superseded)

    def _sum(self, rows: list[Any]) -> None:
        self.requests += len(rows)
        for window, of_window in by_window(rows, self._membership):
            waiting = self._waiting.setdefault(window, [])
            waiting += of_window
            if len(waiting) > _TOGETHER:
                self._traffic.setdefault(window, Traffic()).add(waiting)
                waiting.clear()


def by_window(rows: list[Any], membership: Membership) -> Iterator[tuple[str, Sequence[Any]]]:
    """Rows by the window that they name, else that of their moment, without those of none."""
    named = {row.window for row in rows}
    for window in named - {None}:
        yield window, rows if len(named) == 1 else [row for row in rows if row.window == window]
    if None in named:
        others = rows if len(named) == 1 else [row for row in rows if row.window is None]
        for of_time, of_window in membership.parted(others):
            if of_time is not None:
                yield of_time, of_window


def _without_newer(rows: list[Any]) -> list[Any]:
    return [row for row in rows if not isinstance(row, NewerRow)]


def _first(rows: list[Any], keys: list[int], known: set[int], repeated: set[int]) -> list[Any]:
    """The first row of each key that is not known; adds the `id()` of the others to `repeated`."""
    first = []
    for row, key in zip(rows, keys, strict=True):
        if key in known:
            repeated.add(id(row))
        else:
            known.add(key)
            first.append(row)
    return first
