"""Keeps the tables of projections up to date with their journals."""

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import msgspec

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.rows.meters import NewerRow
from burnbook.rows.skipped import Passed
from burnbook.store import database
from burnbook.store.projection import Entry, Projection, Stretch

_MARK = 64  # bytes before the offset: the crc of the last row is among them


class Store:
    """The derived tables of one book.

    Whoever finds a projection behind its journal, reader or writer, brings it up to date in one
    transaction. Where the file cannot be written (a read-only or full disk, a lock that is held
    for over a second, damage), the tables are built in memory, for this process alone.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.in_memory = False
        self._database: sqlite3.Connection | None = None
        self._viewed: dict[str, Passed] = {}

    def view(self, projection: Projection) -> sqlite3.Connection:
        """The database, with this projection as the journal is now."""
        return self._up_to_date(projection, ())

    def add(self, projection: Projection, stretches: Sequence[Stretch]) -> None:
        """Bring a projection up to date, without reading again what this process wrote."""
        self._up_to_date(projection, stretches)

    @property
    def skipped(self) -> dict[str, Passed]:
        """By journal, the lines that no figure of the projections seen so far counts."""
        return self._viewed

    def _up_to_date(
        self, projection: Projection, stretches: Sequence[Stretch]
    ) -> sqlite3.Connection:
        try:
            return self._caught_up(projection, stretches)
        except (sqlite3.Error, OSError):
            if self.in_memory:
                raise
            self._use_memory()
            return self._caught_up(projection, ())

    def _caught_up(
        self, projection: Projection, stretches: Sequence[Stretch]
    ) -> sqlite3.Connection:
        if self._database is None:
            self._database = self._opened()
        state = _State(self._database, projection, self.root)
        if not state.is_current():
            with _transaction(self._database):
                state.load()  # another process may have been quicker
                state.catch_up(stretches)
        self._viewed[projection.journal] = state.skipped
        return self._database

    def _opened(self) -> sqlite3.Connection:
        try:
            return database.open_file(self.root)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            database.remove(self.root)  # it is no database, or a damaged one
            return database.open_file(self.root)

    def _use_memory(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
        self._database, self.in_memory = database.open_memory(), True


class _State:
    """How far a projection is, as the table `projections` says."""

    def __init__(self, connection: sqlite3.Connection, projection: Projection, root: str) -> None:
        self.database, self.projection = connection, projection
        self.path = journal.path_of(root, projection.journal)
        self.form = _form(projection)
        self.load()

    def load(self) -> None:
        """Read it from the table; a projection that does not fit its journal is at the start."""
        row = self.database.execute(
            "SELECT offset, mark, corrupt, duplicates, newer FROM projections"
            " WHERE name = ? AND form = ?",
            (self.projection.name, self.form),
        ).fetchone()
        self.exists = row is not None and row[1] == mark(self.path, row[0])
        self.offset, self.duplicates, self.skipped = 0, 0, Passed()
        if self.exists:
            newer = msgspec.json.decode(row[4], type=dict[str, int])
            self.offset, self.duplicates, self.skipped = row[0], row[3], Passed(row[2], newer)

    def is_current(self) -> bool:
        """Whether the journal has nothing new."""
        return self.exists and journal.size(self.path) == self.offset

    def catch_up(self, stretches: Sequence[Stretch]) -> None:
        """Add what the journal has beyond the offset, and store the new offset."""
        if not self.exists:
            self._create()
        for stretch in sorted(stretches, key=lambda one: one.start):
            self._read(stretch.start)
            if self.offset == stretch.start:
                stretch.apply(self.database)
                self.offset = stretch.end
        self._read(None)
        counts = (self.skipped.unreadable, self.duplicates)
        newer = msgspec.json.encode(self.skipped.newer).decode()
        at = (self.offset, mark(self.path, self.offset))
        self.database.execute(
            "INSERT OR REPLACE INTO projections VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self.projection.name, self.form, *at, *counts, newer),
        )
        self.exists = True

    def _create(self) -> None:
        for statement in self.projection.tables:
            kind, name = statement.split()[1:3]
            if kind == "TABLE":
                self.database.execute(f"DROP TABLE IF EXISTS {name}")
            self.database.execute(statement)

    def _read(self, end: int | None) -> None:
        """Apply the rows up to `end`, a place where a line ends, or all."""
        if end is None or end > self.offset:
            self.duplicates += self.projection.apply(self.database, self._entries(end))

    def _entries(self, end: int | None) -> Iterator[Entry]:
        name, start = self.projection.journal, self.offset
        for offset, line in journal.lines(self.path, start):
            if end is not None and offset >= end:
                return
            row = codec.read(name, line)
            self.offset = offset + len(line)
            if row is None or isinstance(row, NewerRow):
                self.skipped.miss(row)
            if row is not None and (self.projection.newer or not isinstance(row, NewerRow)):
                yield offset, len(line), row


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def mark(path: RootedPath, offset: int) -> bytes:
    """The bytes before an offset of a journal, which identify what is before it."""
    if not offset:
        return b""
    if journal.size(path) < offset:
        return b"?"
    start = max(0, offset - _MARK)
    try:
        return journal.at(path, [(start, offset - start)])[0]
    except IOFault:
        return b"?"


def _form(projection: Projection) -> str:
    """What changes when the tables of a projection change."""
    schema = zlib.crc32("\n".join(projection.tables).encode())
    return f"{codec.SCHEMA_VERSION}.{projection.version}.{schema:08x}"
