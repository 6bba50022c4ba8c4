"""Requests that several machines booked or moved differently: which of their rows counts.

Of rows with one id and different bytes, that of the least `precedence.rank` counts, and the others
are conflicts. Of rows that supersede the same row, or a conflict of it, the one recorded last
counts of those that no row supersedes. The rows of a request all have its time, so that they are
found by it.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from sqlite3 import Connection
from typing import Any, NamedTuple

import msgspec

from burnbook.base.rooted_path import RootedPath
from burnbook.rows.meters import NewerRow
from burnbook.store import time_index
from burnbook.store.membership import Membership, Range, merged
from burnbook.store.packed_keys import PackedKeys
from burnbook.telemetry.copies import Copy, Outcome, is_usual, outcome, request_of, superseded_keys
from burnbook.telemetry.rows import by_day, key_of, read
from burnbook.telemetry.tables import EVERY_WINDOW, IRREGULAR, NAME, dead_rows
from burnbook.telemetry.traffic import BUCKET

_TOGETHER = 8192  # rows whose requests are read together: some 20 MB
_DAY = 86_400

Key = tuple[str, int]  # of a row: its UTC day, and `key_of` its id


class Repeated:
    """Rows with the id of an earlier one, by offset: the day, the key and the time of each."""

    def __init__(self) -> None:
        self.offsets, self._keys, self._times = array("Q"), array("Q"), array("d")
        self._days: list[str] = []

    def add(self, offset: int, row: Any) -> None:
        """Add a row, behind the others in the journal."""
        self.offsets.append(offset)
        self._keys.append(key_of(row.id))
        self._times.append(row.ts.timestamp())
        self._days.append(str(row.ts.date()))

    def __contains__(self, offset: int) -> bool:
        n = bisect_left(self.offsets, offset)
        return n < len(self.offsets) and self.offsets[n] == offset

    def parts(self, settled: set[int]) -> Iterator[list[tuple[Key, float]]]:
        """Keys and times, without those of the offsets that are settled."""
        for start in range(0, len(self.offsets), _TOGETHER):
            numbers = range(start, min(start + _TOGETHER, len(self.offsets)))
            yield [
                ((self._days[n], self._keys[n]), self._times[n])
                for n in numbers
                if self.offsets[n] not in settled
            ]


class Settled(NamedTuple):
    """`conflicts` of the repeated rows are no duplicates. `times` are those of the windows whose
    traffic has to be read again.
    """

    conflicts: int
    times: dict[str, Range]


class Settlement:
    """Settles requests after their rows are in the tables, from byte `start` of the journal on."""

    def __init__(
        self,
        database: Connection,
        path: RootedPath,
        windows: Membership,
        repeated: Repeated,
        reach: tuple[int, int],
    ) -> None:
        self._database, self._path, self._windows = database, path, windows
        self._repeated, (self._start, self._end) = repeated, reach
        self._irregular = PackedKeys(database, IRREGULAR)
        self._settled: set[int] = set()
        self._done: set[Key] = set()
        self._conflicts = 0
        self._moments: dict[str, list[datetime]] = {}

    def settle(self, corrections: Sequence[Any]) -> Settled:
        """Settle the requests of the repeated rows, and of corrections that need it."""
        seeds = self._unusual(corrections)
        for n in range(0, len(seeds), _TOGETHER):
            self._part([seed for seed in seeds[n : n + _TOGETHER] if seed[0] not in self._done])
        for part in self._repeated.parts(self._settled):
            self._part(part)
        times = {name: (min(of), max(of)) for name, of in self._moments.items()}
        return Settled(self._conflicts, times)

    def _unusual(self, corrections: Sequence[Any]) -> list[tuple[Key, float]]:
        """Corrections of irregular requests, and those that another correction may compete with.

        Two corrections of one row by burnbook have one id, so they are copies.
        """
        seeds = []
        for day, rows in by_day(corrections).items():
            irregular = self._irregular.known(day, {key_of(row.supersedes) for row in rows})
            for row in rows:
                if key_of(row.supersedes) in irregular or not is_usual(row):
                    seeds.append(((day, key_of(row.id)), row.ts.timestamp()))
        return seeds

    def _part(self, seeds: Sequence[tuple[Key, float]]) -> None:
        """Settle some requests, each with all of its rows."""
        if not seeds:
            return
        wanted = {key for key, _ in seeds}
        copies, groups = self._read(wanted, _ranges((time for _, time in seeds), BUCKET))
        missing = wanted - self._counted(copies)
        if missing:  # the earlier row has another time on the same day
            copies, groups = self._read(wanted, _ranges((time for _, time in seeds), _DAY))
        dead = dead_rows(self._database)
        for keys in groups:
            day = next(iter(keys))[0]
            same = sorted(copy for key in keys for copy in copies.get(key, ()))
            names = {key for _, key in keys}
            self._request(day, names, same, dead(day, names) if dead else set())
            self._done |= keys

    def _read(
        self, wanted: set[Key], ranges: Sequence[Range]
    ) -> tuple[dict[Key, list[Copy]], list[set[Key]]]:
        """The rows of requests, by key, and the keys of each request.

        The blocks are read once more if a row supersedes another.
        """
        blocks = time_index.blocks(self._database, NAME, ranges)
        while True:
            copies: dict[Key, list[Copy]] = {}
            links: list[tuple[Key, Key]] = []
            for offsets, lines in time_index.lines(self._path, blocks, self._end):
                for offset, row, line in zip(offsets, read(lines), lines, strict=True):
                    if row is None:
                        continue
                    is_newer = isinstance(row, NewerRow)
                    day = str(row.ts)[:10] if is_newer else str(row.ts.date())
                    key = day, key_of(row.id)
                    if key in wanted:
                        copy = Copy(offset, line, row, offset in self._repeated)
                        copies.setdefault(key, []).append(copy)
                    if not is_newer and row.supersedes is not None:
                        links.append((key, (day, key_of(row.supersedes))))
            groups = _groups(wanted, links)
            linked = set().union(*groups)
            if linked == wanted:
                return copies, groups
            wanted = linked

    def _counted(self, copies: Mapping[Key, Sequence[Copy]]) -> set[Key]:
        """The keys of which one of the rows counted before."""
        offsets = [copy.offset for same in copies.values() for copy in same]
        select = "SELECT offset FROM telemetry_duplicates WHERE offset IN"
        rows = self._database.execute(
            f"{select} (SELECT value FROM json_each(?))", [_json(offsets)]
        )
        others = {offset for (offset,) in rows}
        return {
            key
            for key, same in copies.items()
            if any(each.offset not in others and not each.is_repeated for each in same)
        }

    def _request(self, day: str, keys: set[int], copies: list[Copy], dead: set[int]) -> None:
        """Settle one request."""
        others = dead - superseded_keys(copies)
        earlier = [copy for copy in copies if copy.offset < self._start]
        before, after = outcome(earlier, dead, others), outcome(copies, dead, others)
        self._write(copies, after, after.adjustment - before.adjustment)
        fresh = [copy for copy in copies if copy.is_repeated]
        self._settled.update(copy.offset for copy in fresh)
        self._conflicts += sum(copy.offset in after.distinct for copy in fresh)
        if after.is_irregular:
            known = self._irregular.known(day, keys)
            self._irregular.add({day: keys - known})
        new = [copy for copy in copies if copy.offset >= self._start and not copy.is_repeated]
        if before.counted == after.counted and not new:
            return
        counted = [copy for copy in (before.counted, after.counted) if copy is not None]
        for row in [copy.row for copy in (*new, *counted)]:
            window = None if isinstance(row, NewerRow) else self._window(row)
            if window is not None:
                self._moments.setdefault(window, []).append(row.ts)
        if any(request_of(copy.row) != request_of(counted[0].row) for copy in counted):
            self._moments.setdefault(EVERY_WINDOW, []).append(counted[0].row.ts)

    def _window(self, row: Any) -> str | None:
        window: str | None = row.window or self._windows.at(row.agent, row.ts)
        return window

    def _write(self, copies: Sequence[Copy], after: Outcome, adjustment: int) -> None:
        delete = "DELETE FROM telemetry_duplicates WHERE offset = ?"
        self._database.executemany(delete, [(copy.offset,) for copy in copies])
        insert = "INSERT INTO telemetry_duplicates VALUES (?)"
        self._database.executemany(insert, [(offset,) for offset in after.uncounted])
        if adjustment:
            update = "UPDATE telemetry_requests SET requests = requests + ?"
            self._database.execute(update, [adjustment])


def _ranges(times: Iterable[float], seconds: int) -> list[Range]:
    """The stretches of so many seconds in which the times are."""
    numbers = {int(time // seconds) for time in times}
    length = timedelta(seconds=seconds)
    starts = (datetime.fromtimestamp(n * seconds, UTC) for n in numbers)
    return merged((start, start + length) for start in starts)


def _groups(wanted: Iterable[Key], links: Iterable[tuple[Key, Key]]) -> list[set[Key]]:
    """The keys that are wanted, with those that links connect them with, by request."""
    linked: dict[Key, list[Key]] = {}
    for new, old in links:
        linked.setdefault(new, []).append(old)
        linked.setdefault(old, []).append(new)
    groups, seen = [], set[Key]()
    for first in wanted:
        if first in seen:
            continue
        group, waiting = set[Key](), [first]
        while waiting:
            key = waiting.pop()
            if key not in group:
                group.add(key)
                waiting += linked.get(key, ())
        seen |= group
        groups.append(group)
    return groups


def _json(values: Sequence[int]) -> str:
    return msgspec.json.encode(values).decode()
