"""Keeps the tables of projections up to date with their journals."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from burnbook.book import lock
from burnbook.book.joined import store_file
from burnbook.rows.skipped import Passed
from burnbook.store import database
from burnbook.store.database import Database
from burnbook.store.projection import Projection, Stretch

if TYPE_CHECKING:
    from sqlite3 import Connection

    from burnbook.store.membership import Membership
    from burnbook.store.progress import Progress
    from burnbook.store.projection import Source

_LONG_LOG = 8 << 20  # bytes: SQLite itself begins again at 4 MiB; reading these takes 10 ms


class Store:
    """The derived tables of one book.

    The first command that finds a projection behind its journal, reader or writer, brings it up to
    date in one transaction. If the file cannot be written (a read-only or full disk, a lock held
    for over a second), the tables are built in memory, for this process alone. A damaged file is
    deleted and built again.

    A read transaction stays open between two calls of `view`, so that the tables of all projections
    are those of one moment.

    `windows()` is where the windows of requests come from; without it, tables keep those that they
    have.
    """

    def __init__(
        self,
        root: str,
        *,
        in_memory: bool = False,
        windows: "Callable[[], Source] | None" = None,
    ) -> None:
        self.root = root
        self.in_memory = in_memory
        self._windows = windows
        self._membership: tuple[str, Membership] | None = None
        self._database = database.open_memory() if in_memory else None
        self._book_was_empty = False
        self._unused: list[Database] = []  # cursors of callers may still use them
        self._skipped: dict[str, Passed] = {}

    def reopened(self, root: str) -> "Store":
        """Another store with the same windows, of the book at `root`."""
        return Store(root, windows=self._windows)

    def view(self, projection: Projection) -> "Connection":
        """The database, with this projection up to date. Read only what it declares."""
        return self._up_to_date(projection, ())

    def add(self, projection: Projection, stretches: Sequence[Stretch]) -> None:
        """Bring a projection up to date without reading the stretches, which this process wrote."""
        if self._book_was_empty and database.has_journal(self.root):  # this process wrote it
            self._keep_for_cursors()
            self._database, self.in_memory, self._book_was_empty = None, False, False
        self._up_to_date(projection, stretches)

    @property
    def skipped(self) -> dict[str, Passed]:
        """By journal, the lines that no figure of the projections seen so far counts."""
        return self._skipped

    def delete(self, wait: float = database.BUSY_SECONDS) -> bool:
        """Delete the file; False if another process uses it, or if it cannot be deleted."""
        self.close()
        return database.delete(self.root, wait)

    def close(self) -> None:
        """Close the file. A command need not, because its process ends."""
        for opened in (self._database, *self._unused):
            if opened is not None:
                opened.close()
        self._database, self._unused = None, []

    def discard_damaged(self, error: BaseException) -> bool:
        """Deletes the file if an error means that it is damaged. Returns whether it does."""
        is_damaged = not self.in_memory and database.is_damage(error)
        if is_damaged:
            self.delete()
        return is_damaged

    @staticmethod
    def has_failed(error: BaseException) -> bool:
        """Whether an error is one of SQLite: a disk or a lock failed after the tables were read."""
        import sqlite3

        return isinstance(error, sqlite3.Error)

    def _up_to_date(self, projection: Projection, stretches: Sequence[Stretch]) -> "Connection":
        import sqlite3

        failures = (sqlite3.Error, OSError, database.DamagedStore)
        if not self.in_memory:
            try:
                return self._caught_up(projection, stretches)
            except failures as error:
                is_deleted = database.is_damage(error) and self.delete()
            if is_deleted:
                with suppress(*failures):
                    return self._caught_up(projection, stretches)
            self._use_memory()
        return self._caught_up(projection, ())

    def _caught_up(self, projection: Projection, stretches: Sequence[Stretch]) -> "Connection":
        # Only commands that need the store pay for what reading a journal needs.
        from burnbook.store.progress import Progress

        if self._database is None:
            self._database = database.open_file(self.root)
        connection = self._database.connection
        if connection.in_transaction:
            connection.execute("COMMIT")
        _begin(connection)
        order = [projection.after, projection] if projection.after else [projection]
        steps = [Progress(self._database, each, self.root) for each in order]
        source = self._windows() if self._windows and projection.move else None
        if not self._is_current(steps, source):
            connection.execute("COMMIT")
            if projection.bulk is not None and not (steps[-1].offset or stretches):
                stretches = self._bulk(projection, source)
            with _transaction(connection):
                membership = self._updated(source) if source else None
                end = None
                for step in steps:
                    step.load()  # another process may have been faster
                    if membership is not None and step.projection.move is not None:
                        step.move(*membership)
                    step.catch_up(stretches if step is steps[-1] else (), end)
                    end = step.offset
            self._shorten_log(connection)
            _begin(connection)
        if not projection.lines:
            self._skipped[projection.journal] = steps[0].skipped
        return connection

    def _is_current(self, steps: "Sequence[Progress]", source: "Source | None") -> bool:
        """Whether the tables have all rows, by the windows as they are."""
        if not all(step.is_current() for step in steps):
            return False
        if source is None:
            return True
        windows = self._progress_of(source)
        version = _version(source, windows)
        moved = [step for step in steps if step.projection.move is not None]
        return windows.is_current() and all(step.has_membership(version) for step in moved)

    def _progress_of(self, source: "Source") -> "Progress":
        from burnbook.store.progress import Progress

        assert self._database is not None
        return Progress(self._database, source.projection, self.root)

    def _updated(self, source: "Source") -> "tuple[str, Membership]":
        """Bring the tables of the windows up to date; returns the membership with its version."""
        from burnbook.store.membership import Membership

        progress = self._progress_of(source)
        if not progress.is_current():
            progress.catch_up()
        version = _version(source, progress)
        if self._membership is None or self._membership[0] != version:
            self._membership = version, Membership(source.spans(progress.connection))
        return self._membership

    def _bulk(self, projection: Projection, source: "Source | None") -> Sequence[Stretch]:
        """What a second process helps to read; it needs the membership before."""
        from burnbook.store.membership import Membership

        assert projection.bulk is not None
        assert self._database is not None
        membership = Membership()
        if source is not None:
            with _transaction(self._database.connection):
                _, membership = self._updated(source)
        return projection.bulk(self.root, membership)

    def _shorten_log(self, connection: "Connection") -> None:
        """Empty a long write-ahead log: the next process would read all of it to open the file.

        The log stays as it is while another process is reading.
        """
        status = None if self.in_memory else store_file.paths(self.root)[0].status()
        if status is not None and status.st_size > _LONG_LOG:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _use_memory(self) -> None:
        self._keep_for_cursors()
        self._book_was_empty = not database.has_journal(self.root)
        self._database, self.in_memory = database.open_memory(), True

    def _keep_for_cursors(self) -> None:
        if self._database is not None:
            self._unused.append(self._database)


def _version(source: "Source", progress: "Progress") -> str:
    """A text that changes with the configuration and with the rows about windows."""
    return f"{source.version}.{progress.position}"


def _begin(connection: "Connection") -> None:
    """Begin a read transaction: with its first SELECT it sees the tables as they are now."""
    connection.execute("BEGIN")
    connection.execute("SELECT 1 FROM projections LIMIT 1").fetchone()


@contextmanager
def _transaction(connection: "Connection") -> Iterator[None]:
    # Other commands wait for the book's lock, so its holder builds in memory rather than wait.
    wait = database.BUSY_SECONDS_LOCKED if lock.is_held else database.BUSY_SECONDS
    connection.execute(f"PRAGMA busy_timeout = {round(wait * 1000)}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(Exception):  # the first error is the one that counts
            connection.execute("ROLLBACK")
        raise
