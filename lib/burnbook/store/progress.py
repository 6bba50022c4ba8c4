"""How far a projection has read its journal, and the reading of the rest."""

import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress
from typing import Any

import msgspec

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import regex
from burnbook.book import codec, journal
from burnbook.book.joined.root import joined
from burnbook.rows.meters import NewerRow
from burnbook.rows.skipped import Passed
from burnbook.store import membership
from burnbook.store.database import DamagedStore, Database
from burnbook.store.membership import Membership, Span
from burnbook.store.projection import Batch, Projection, Ranked, Read, Stretch
from burnbook.view.progress import Progress as Shown

_MARK = 64  # bytes before the offset: the crc of the last row is among them
_STEP = 1 << 20  # bytes between two updates of the progress that is shown
_CREATE = regex(r"CREATE (?:UNIQUE )?(TABLE|INDEX) (\w+)")


class Progress:
    """The offset of one projection in its journal, as the table `projections` has it."""

    def __init__(self, database: Database, projection: Projection, root: str) -> None:
        self.connection, self.number = database.connection, database.number
        self.projection = projection
        self.path = journal.path_of(root, projection.journal)
        self._joined = joined(self.path)
        if self._joined and database.lock and not self._joined.is_shared:
            raise BlockingIOError("the offsets are not those of other processes")
        self.load()

    def load(self) -> None:
        """Read the offset; 0 if the projection is new or does not match its journal any more."""
        self.form = form_of(self.projection)
        if self._joined:
            self.form += f".{self._joined.generation}"
        row = self.connection.execute(
            "SELECT offset, mark, corrupt, duplicates, newer, store, form, changed"
            " FROM projections WHERE name = ?",
            (self.projection.name,),
        ).fetchone()
        if row is not None and row[5] != self.number:
            raise DamagedStore(f"the log of {self.projection.name} is of another file")
        self.offset, self.mark, self.skipped = 0, b"", Passed()
        self.exists = (
            row is not None and row[6] == self.form and self._matches(row[0], row[1], row[7])
        )
        if self.exists:
            try:
                newer = msgspec.json.decode(row[4], type=dict[str, int])
            except msgspec.DecodeError as error:
                raise DamagedStore(str(error)) from None
            self.offset, self.mark = row[0], row[1]
            self.skipped = Passed(row[2], newer, row[3])

    def _matches(self, offset: int, saved: bytes, changed: int | None) -> bool:
        """Whether the rows that were read are still those of the journal, as far as can be seen.

        A journal of the same size that was changed since has been edited, or is another one.
        """
        size, now = _size_and_time(self.path)
        if size == offset and changed is not None and changed != now:
            return False
        return saved == mark(self.path, offset)

    def is_current(self) -> bool:
        """Whether the journal has nothing new."""
        return self.exists and journal.size(self.path) == self.offset

    @property
    def position(self) -> str:
        """A text that changes with the rows that were read."""
        return f"{self.offset}.{self.mark.hex()}"

    def has_membership(self, version: str) -> bool:
        """Whether the tables are filled by this version of the membership."""
        return membership.version(self.connection, self.projection.name) == version

    def move(self, version: str, new: Membership) -> None:
        """Change the tables to another membership, by which later rows are added too."""
        if not self.exists:
            self._create()
        name = self.projection.name
        old = membership.load(self.connection, name)
        if old.spans != new.spans and self.projection.move is not None:
            self.projection.move(self.connection, self.path, old, new, self.offset)
        membership.save(self.connection, name, version, new)

    def catch_up(self, stretches: Sequence[Stretch] = (), end: int | None = None) -> None:
        """Add the rows beyond the offset, up to `end`, and save the new offset."""
        if not self.exists:
            self._create()
        spans: tuple[Span, ...] = ()
        if self.projection.move is not None:
            spans = membership.load(self.connection, self.projection.name).spans
        for stretch in sorted(stretches, key=lambda stretch: stretch.start):
            if stretch.spans != spans:
                continue  # a window changed since: the rows are read
            self._read(stretch.start)
            if self.offset == stretch.start:
                stretch.apply(self.connection)
                self.offset, self.mark = stretch.end, mark(self.path, stretch.end)
        self._read(end)
        newer = msgspec.json.encode(self.skipped.newer).decode()
        size, changed = _size_and_time(self.path)
        when = changed if size == self.offset else None
        counts = (self.skipped.unreadable, self.skipped.duplicates, newer)
        self.connection.execute(
            "INSERT OR REPLACE INTO projections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self.projection.name, self.number, self.form, self.offset, self.mark, when, *counts),
        )

    def _create(self) -> None:
        self.exists = True
        for statement in self.projection.tables:
            match = _CREATE.match(statement)
            assert match is not None, statement
            self.connection.execute(f"DROP {match[1]} IF EXISTS {match[2]}")
            self.connection.execute(statement)

    def _read(self, end: int | None) -> None:
        """Apply the rows up to `end`, the offset of a line, or all."""
        if end is None or end > self.offset:
            label, size = f"reading {self.projection.journal}.jsonl", journal.size(self.path)
            self._shown = Shown(label, (size if end is None else end) - self.offset)
            entries: Iterator[Any]
            if self.projection.read is not None:
                entries = self._batches(end, self.projection.read)
            else:
                entries = self._lines(end) if self.projection.lines else self._rows(end)
            try:
                self.skipped.duplicates += self.projection.apply(self.connection, entries)
                if self.projection.settle is not None:
                    self.skipped.duplicates -= self.projection.settle(self.connection, self.path)
            finally:
                self._shown.clear()

    def _rows(self, end: int | None) -> Iterator[tuple[int, int, Any]]:
        name, newer = self.projection.journal, self.projection.newer
        ranked = self.projection.ranked
        for offset, length, line in self._lines(end):
            row = codec.read(name, line)
            if row is None or isinstance(row, NewerRow):
                self.skipped.miss(row)
            if row is not None and (newer or not isinstance(row, NewerRow)):
                yield offset, length, Ranked(row, line, self.path) if ranked else row

    def _batches(self, end: int | None, read: Read) -> Iterator[Batch]:
        """The same, many rows at a time."""
        for offset, lines in journal.batches(self.path, self.offset):
            offsets = list(accumulate(map(len, lines), initial=offset))
            if end is not None and offsets[-1] > end:
                count = bisect_left(offsets, end)
                lines, offsets = lines[:count], offsets[: count + 1]
            if not lines:
                return
            self.mark = (self.mark + b"".join(lines[-_MARK:]))[-_MARK:]
            self.offset = offsets.pop()
            self._shown(self.offset - offset)
            yield self._counted(offsets, read(lines))

    def _counted(self, offsets: list[int], rows: list[Any]) -> Batch:
        """Count the lines that are skipped, and leave them out."""
        if {type(None), NewerRow}.isdisjoint(map(type, rows)):
            return offsets, rows
        newer = self.projection.newer
        for row in rows:
            if row is None or isinstance(row, NewerRow):
                self.skipped.miss(row)
        left = [row is not None and (newer or not isinstance(row, NewerRow)) for row in rows]
        return list(compress(offsets, left)), list(compress(rows, left))

    def _lines(self, end: int | None) -> Iterator[tuple[int, int, bytes]]:
        """Yields the lines from the offset on, and keeps offset and mark of the last one."""
        shown = self.offset
        for offset, line in journal.lines(self.path, self.offset):
            if end is not None and offset >= end:
                return
            if offset - shown > _STEP:
                self._shown(offset - shown)
                shown = offset
            length = len(line)
            self.mark = line[-_MARK:] if length >= _MARK else (self.mark + line)[-_MARK:]
            self.offset = offset + length
            yield offset, length, line


def _size_and_time(path: RootedPath) -> tuple[int, int]:
    """Returns the size of a journal in bytes, and its modification time in nanoseconds."""
    if several := joined(path):
        return several.size(), 0  # it has its generation instead
    status = path.status()
    return (status.st_size, status.st_mtime_ns) if status else (0, 0)


def mark(path: RootedPath, offset: int) -> bytes:
    """The bytes before an offset of a journal, which identify the rows before it."""
    if not offset:
        return b""
    if journal.size(path) < offset:
        return b"?"
    start = max(0, offset - _MARK)
    try:
        return journal.at(path, [(start, offset - start)])[0]
    except IOFault:
        return b"?"


def mark_matches(root: str, projection: Projection, offset: int, saved: bytes) -> bool:
    """Whether the journal of a projection is still the one that it has read up to the offset."""
    return saved == mark(journal.path_of(root, projection.journal), offset)


def form_of(projection: Projection) -> str:
    """Changes if the tables of a projection do."""
    schema = zlib.crc32("\n".join(projection.tables).encode())
    return f"{codec.SCHEMA_VERSION}.{projection.version}.{schema:08x}"
