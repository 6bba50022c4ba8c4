"""The store compared with a rebuild of its tables from the rows of the journals.

The rebuild applies rows as `check` reads them, up to the offset of the projection in the store. It
is on disk, in a temporary folder, so that a journal of any size takes little memory.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.check import Finding
from burnbook.followed import newest_rows
from burnbook.rows.meters import NewerRow
from burnbook.store import database, row_index
from burnbook.store.progress import form_of, mark_matches
from burnbook.store.projection import Projection, Ranked
from burnbook.telemetry.costs.projection import features
from burnbook.telemetry.projection import telemetry
from burnbook.usage.projection import USAGE
from burnbook.windows.booked.meters import METERS
from burnbook.windows.booked.snapshots import SNAPSHOTS
from burnbook.windows.history import WINDOWS

if TYPE_CHECKING:
    from sqlite3 import Connection

PROJECTIONS: Sequence[Projection] = (
    *(SNAPSHOTS, WINDOWS, METERS, USAGE),
    *(*row_index.PROJECTIONS.values(), *newest_rows.PROJECTIONS.values()),
)
_BATCH = 1 << 16  # rows: each batch changes the sums of its windows once
_TRIES = 5
_MASK = (1 << 64) - 1
_UNUSED = "cannot be read, so the next command rebuilds it"


class Stored:
    """A copy of the store, and beside it the database of the rebuild."""

    def __init__(self, root: str, connection: "Connection") -> None:
        self.root, self.connection = root, connection
        self.findings: list[Finding] = []

    def rebuilds(self, name: str) -> list["Rebuild"]:
        """A follower for each projection of a journal that a command would use."""
        rebuilds: dict[str, Rebuild] = {}
        for projection in (*PROJECTIONS, telemetry(self.root), features(self.root)):
            offset = self._offset(projection) if projection.journal == name else None
            after = projection.after
            if offset is not None and (after is None or self._is_level(projection, after)):
                before = rebuilds[after.name] if after else None
                rebuilds[projection.name] = Rebuild(self, projection, offset, before)
        return [*rebuilds.values()]

    def _is_level(self, projection: Projection, after: Projection) -> bool:
        """Whether two projections have the same rows and windows; else the next command sees to it,
        and the tables of the first cannot be built beside those of the second.
        """
        select = "SELECT spans FROM stored.{}_spans"
        selects = (select.format(each.name) for each in (projection, after))
        spans = [self.connection.execute(text).fetchall() for text in selects]
        return spans[0] == spans[1] and self._offset(projection) == self._offset(after)

    def _offset(self, projection: Projection) -> int | None:
        row = self.connection.execute(
            "SELECT offset, mark, form FROM stored.projections WHERE name = ?", (projection.name,)
        ).fetchone()
        if row is None:
            return None
        offset, mark, form = row
        if form == form_of(projection) and mark_matches(self.root, projection, offset, mark):
            return int(offset)
        return None  # another version or journal: the next command rebuilds it


class Rebuild:
    """A follower that builds the tables of one projection again."""

    def __init__(
        self, stored: Stored, projection: Projection, end: int, after: "Rebuild | None" = None
    ) -> None:
        self.after = after
        self.connection, self.projection, self.end = stored.connection, projection, end
        self._path = journal.path_of(stored.root, projection.journal)
        self._offset = 0
        self._entries: list[tuple[int, int, Any]] = []
        self._offsets: list[int] = []  # with the rows of a projection that gets batches
        self._rows: list[Any] = []
        for statement in projection.tables:
            self.connection.execute(statement)
        if projection.move is not None:
            table = f"{projection.name}_spans"
            self.connection.execute(f"INSERT INTO {table} SELECT * FROM stored.{table}")

    def add(self, line: bytes, row: Any, offset: int) -> None:
        """Adds a line and its row (None if it is corrupt), if the store has them too."""
        if offset >= self.end:
            return
        self._offset = offset + len(line)
        if self.projection.read is not None:
            if row is not None and (self.projection.newer or not isinstance(row, NewerRow)):
                self._offsets.append(offset)
                self._rows.append(row)
        elif self.projection.lines:
            self._entries.append((offset, len(line), line))
        elif row is not None and (self.projection.newer or not isinstance(row, NewerRow)):
            entry = Ranked(row, line, self._path) if self.projection.ranked else row
            self._entries.append((offset, len(line), entry))
        if len(self._entries) >= _BATCH or len(self._rows) >= _BATCH:
            self._apply()

    def findings(self) -> list[Finding]:
        """A fault if the tables differ."""
        import sqlite3

        self._apply()
        try:
            is_same = self._offset == self.end and all(
                self._sums("main", select) == self._sums("stored", select)
                for select in self.projection.content or self._selects()
            )
            if is_same and self.projection.digest is not None:
                digest = self.projection.digest
                is_same = digest(self.connection, "main") == digest(self.connection, "stored")
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            is_same = False
        if is_same:
            return []
        reason = (
            f"the table of {self.projection.name} differs from a rebuild of "
            f"{self.projection.journal}.jsonl up to byte {self.end}"
        )
        return [Finding("store", database.FILE, 0, reason)]

    def _apply(self) -> None:
        if self.after is not None:
            self.after._apply()  # its tables have the same rows
        entries: Sequence[Any] = self._entries
        if self.projection.read is not None:
            entries = [(self._offsets, self._rows)]
        self.projection.apply(self.connection, entries)
        if self.projection.settle is not None:
            self.projection.settle(self.connection, self._path)
        self._entries, self._offsets, self._rows = [], [], []

    def _selects(self) -> list[str]:
        tables = [s.split()[2] for s in self.projection.tables if s.startswith("CREATE TABLE")]
        return [f"SELECT * FROM {{schema}}.{table}" for table in tables]

    def _sums(self, schema: str, select: str) -> tuple[int, int, int]:
        """The number of rows of a query, the sum of their hashes and the exclusive or of them."""
        count = total = parity = 0
        for row in self.connection.execute(select.format(schema=schema)):
            value = hash(row) & _MASK
            count, total, parity = count + 1, (total + value) & _MASK, parity ^ value
        return count, total, parity


@contextmanager
def stored(root: str) -> Iterator[Stored]:
    """A copy of the store of a book, for as long as the context lasts.

    SQLite cannot read a database in WAL mode without writing beside it, so a copy is read.
    """
    import sqlite3

    folder = tempfile.mkdtemp(prefix="burnbook-check-")
    connection = sqlite3.connect(os.path.join(folder, "rebuild"), isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA temp_store = MEMORY")
        copy = Stored(root, connection)
        try:
            is_there = _copy(root, os.path.join(folder, "stored"))
            if is_there:
                header = database.header_of(RootedPath(folder, "stored"))
                connection.execute("ATTACH ? AS stored", (os.path.join(folder, "stored"),))
                database.number_of(connection, header, "stored")
                connection.execute("SELECT 1 FROM stored.projections")
        except (sqlite3.Error, OSError, database.DamagedStore) as error:
            reason = f"{_UNUSED}: {error}"
            copy.findings.append(Finding("store", database.FILE, 0, reason, is_fault=False))
            is_there = False
        except IOFault:
            is_there = False  # a link: it is reported with the files
        if not is_there:
            with suppress(sqlite3.Error):
                connection.execute("DETACH stored")
            connection.execute("ATTACH ':memory:' AS stored")
            connection.execute(
                "CREATE TABLE stored.projections (name TEXT, offset INTEGER, mark BLOB, form TEXT)"
            )
        connection.execute("BEGIN")
        yield copy
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def _copy(root: str, target: str) -> bool:
    """Copies the file and its log in a consistent state; returns False if there is no file.

    If the log was not restarted in between, it has every page that was written to the file.
    """
    path, log = RootedPath(root, database.FILE), RootedPath(root, f"{database.FILE}-wal")
    for _ in range(_TRIES):
        before = _signature(path, log)
        if not _copy_file(path, target):
            return False
        if not _copy_file(log, f"{target}-wal"):
            with suppress(FileNotFoundError):
                os.unlink(f"{target}-wal")
        if before == _signature(path, log):
            return True
    raise OSError("it keeps changing")


def _signature(path: RootedPath, log: RootedPath) -> Any:
    """A value that changes if the log is restarted or, without a log, if the file changes."""
    header = _head(log)
    status = path.status()
    return header or (status and (status.st_ino, status.st_size, status.st_mtime_ns))


def _head(path: RootedPath) -> bytes:
    try:
        handle = path.open(os.O_RDONLY)
    except FileNotFoundError:
        return b""
    try:
        return os.pread(handle, 32, 0)
    finally:
        os.close(handle)


def _copy_file(path: RootedPath, target: str) -> bool:
    try:
        handle = path.open(os.O_RDONLY)
    except FileNotFoundError:
        return False
    with os.fdopen(handle, "rb") as source, open(target, "wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    return True
