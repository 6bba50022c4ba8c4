"""Verifies a large journal, if there is nothing to report: from its mark on, or from the start."""

import os
from array import array
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from xxhash import xxh3_128

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.base.worker import Channel, worker
from burnbook.book import codec, journal
from burnbook.check.chains.report import ChainReport, rewritten_links
from burnbook.check.chains.state import ChainState, restore, state_of
from burnbook.check.chains.verify import Chains
from burnbook.check.derived import Tables
from burnbook.check.journals import LARGE
from burnbook.check.large import keys, mark
from burnbook.check.large.mark import Mark, Marks
from burnbook.check.large.part import Part, Reader
from burnbook.check.large.sums import Sums, stretches
from burnbook.telemetry.projection import JOURNAL as TELEMETRY
from burnbook.telemetry.projection import telemetry

MIN_BYTES = 1 << 20
"""Smaller journals are read line by line."""
MIN_SHARED = 16 << 20
"""Below this, starting a second process costs more than it saves."""

_KEYS = """CREATE TABLE IF NOT EXISTS checked_keys (
    journal TEXT NOT NULL, run INTEGER NOT NULL, keys BLOB NOT NULL, PRIMARY KEY (journal, run)
)"""


class Verified(NamedTuple):
    """The valid rows of a journal, how many of them are `unchanged` since the last check, and the
    chains.
    """

    rows: int
    unchanged: int
    chains: ChainReport


class _Unusual(Exception):
    """There is something to report."""


class LargeJournals:
    """Verifies the large journals of a book.

    `marks` are those of the last check, and `new` those of this one.
    """

    def __init__(self, tables: Tables, marks: Marks) -> None:
        self.root, self.tables = tables.root, tables
        self.marks, self.new = marks, Marks()
        self._connection = tables.own.connection
        self._connection.execute(_KEYS)

    def verify(self, name: str, progress: Callable[[int], None]) -> Verified | None:
        """Verifies a journal and builds its tables; None if it must be read line by line."""
        path = journal.path_of(self.root, name)
        if not (name in LARGE or name.startswith(codec.REJECTS)) or journal.size(path) < MIN_BYTES:
            return None
        base = self.marks.journals.get(name) if self.tables.is_kept else None
        for known in (base, None) if base else (None,):
            try:
                return self._verify(name, known, progress)
            except (_Unusual, IOFault, OSError):
                self.new.journals.pop(name, None)
        self._connection.execute("DELETE FROM checked_keys WHERE journal = ?", [name])
        return None

    def save(self) -> None:
        """Keeps the marks for the next check."""
        if self.new.journals and (not self.tables.is_kept or self.new != self._without_hash()):
            mark.save(self.root, self.new, self.tables.path)

    def _without_hash(self) -> Marks:
        return Marks("", self.marks.journals)

    def _verify(self, name: str, base: Mark | None, progress: Callable[[int], None]) -> Verified:
        path = journal.path_of(self.root, name)
        end, tail = journal.torn_tail(path)
        digest = mark.verified_bytes(path, base) if base else xxh3_128()
        start = base.end if base else 0
        if tail or end < start or digest is None:
            raise _Unusual
        progress(start)
        parts, chains, state = self._read(name, base, digest, end, progress)
        known = self._known_keys(name, base)
        new = [keys.unpacked(part.keys) for part in parts]
        if not keys.are_new(known, new):
            raise _Unusual
        before = sum(map(len, known))
        targets, sources = array("Q"), array("Q")
        for part in parts:
            targets.frombytes(part.targets)
            sources.extend(number + before for number in keys.unpacked(part.sources))
            before += part.rows
        if not keys.are_before([*known, *new], targets, sources):
            raise _Unusual
        rows = before
        if state is not None:
            self._mark(name, base, parts, state, rows)
        return Verified(rows, base.rows if base else 0, chains)

    def _read(
        self,
        name: str,
        base: Mark | None,
        digest: xxh3_128,
        end: int,
        progress: Callable[[int], None],
    ) -> tuple[list[Part], ChainReport, ChainState | None]:
        """Reads what is new, in two processes if it is much: rows, chains and tables.

        The second one reads the second half of the rows of telemetry, whose tables are made from
        the same rows. Of other journals it reads all rows while this process builds the tables.
        """
        start, path = base.end if base else 0, journal.path_of(self.root, name)
        is_new, projections = base is None, self.tables.of(name)
        has_sums = is_new and name == TELEMETRY and {at for _, at in projections} == {end}
        windows = self.tables.membership(telemetry(self.root)) if has_sums else None

        def reader(share: float) -> Reader:
            sums = Sums(windows) if windows is not None else None
            return Reader(path, name, sums, lambda count: progress(round(count * share)))

        is_built = False
        if end - start < MIN_SHARED or (os.cpu_count() or 1) < 2:
            parts = _whole([reader(1).read(start, end, digest)])
            chains, state = self._chains(name, base, end)
        else:
            # 4/9, because this process follows the chains too, which is a tenth of the work.
            is_split = has_sums or not projections
            middle = _line_after(path, start + (end - start) * 4 // 9) if is_split else start
            with worker(partial(_send, reader(0), middle, end)) as channel:
                share = (end - start) / (middle - start or 1)
                parts = _whole([reader(share).read(start, middle, digest)])
                chains, state = self._chains(name, base, end)
                if not is_split:
                    self.tables.build(name, is_new=is_new)
                    is_built = True
                parts += _whole(channel.receive(list[Part | None]))
        if not is_built:
            are_regular = windows is not None and all(part.sums for part in parts)
            sums = [increment for part in parts for increment in part.sums if are_regular]
            self.tables.build(
                name, stretches(sums, windows.spans if windows else ()), is_new=is_new
            )
        return parts, chains, state

    def _chains(
        self, name: str, base: Mark | None, end: int
    ) -> tuple[ChainReport, ChainState | None]:
        handle = journal.path_of(self.root, name).open(os.O_RDONLY)
        try:
            chains = Chains(name, handle, rewritten_links(self.root).get(name, {}))
            if base is not None:
                restore(chains, base.chain, base.end)
            report = chains.report(chains.read(end))
        finally:
            os.close(handle)
        if base is not None and report.findings:
            raise _Unusual
        return report, state_of(chains)

    def _known_keys(self, name: str, base: Mark | None) -> list["array[int]"]:
        if base is None:
            return []
        select = "SELECT keys FROM checked_keys WHERE journal = ? ORDER BY run"
        return [keys.unpacked(data) for (data,) in self._connection.execute(select, [name])]

    def _mark(
        self, name: str, base: Mark | None, parts: list[Part], state: ChainState, rows: int
    ) -> None:
        hashes = base.hashes[:-1] if base else []
        hashes = [*hashes, *((part.end, part.hash) for part in parts)]
        runs = base.runs if base else 0
        if not runs:
            self._connection.execute("DELETE FROM checked_keys WHERE journal = ?", [name])
        for part in parts:
            if part.rows:
                insert = "INSERT INTO checked_keys VALUES (?, ?, ?)"
                self._connection.execute(insert, [name, runs, part.keys])
                runs += 1
        self.new.journals[name] = Mark(parts[-1].end, rows, hashes, runs, state)


def _line_after(path: RootedPath, offset: int) -> int:
    """The offset of the first line that begins after an offset."""
    with journal.reader(path, offset) as file:
        return offset + len(file.readline())


def _send(reader: Reader, start: int, end: int, channel: Channel) -> None:
    channel.send([reader.read(start, end)])


def _whole(parts: Sequence[Part | None]) -> list[Part]:
    """The parts. Raises _Unusual if one could not be verified."""
    whole = [part for part in parts if part is not None]
    if len(whole) < len(parts):
        raise _Unusual
    return whole
