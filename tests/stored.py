"""Tables of the store in memory, from rows that no journal has: for tests of pure decisions."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec
from burnbook.book import journal
from burnbook.store import database
from burnbook.store.projection import Projection, Ranked
from burnbook.windows.booked.snapshots import SNAPSHOTS
from burnbook.windows.history import WINDOWS, History
from burnbook.windows.snapshot_index import SnapshotIndex


class Index(SnapshotIndex):
    """A snapshot index to which a test adds rows, as if they were in a journal."""

    def __init__(self, rows: Iterable[Any] = ()) -> None:
        super().__init__(_tables(SNAPSHOTS))
        for row in rows:
            self.add(row)

    @property
    def connection(self) -> Any:
        """The database."""
        return self._database

    def add(self, row: Any) -> None:
        """The next row of the journal."""
        _add(SNAPSHOTS, self._database, row)
        self._entries.clear()


def history_of(rows: Iterable[Any]) -> History:
    """The history of finalized windows, which are recorded one after another."""
    connection = _tables(WINDOWS)
    for number, row in enumerate(rows):
        recorded_at = row.recorded_at + timedelta(seconds=number)
        _add(WINDOWS, connection, msgspec.structs.replace(row, recorded_at=recorded_at))
    return History(connection)


def _tables(projection: Projection) -> Any:
    connection = database.open_memory().connection
    for statement in projection.tables:
        connection.execute(statement)
    connection.execute("CREATE TEMP TABLE lines (number INTEGER PRIMARY KEY)")
    return connection


def _add(projection: Projection, connection: Any, row: Any) -> None:
    number = connection.execute("INSERT INTO lines DEFAULT VALUES").lastrowid
    entry = Ranked(row, b"", journal.path_of("/no-book", projection.journal))
    projection.apply(connection, [(number, 1, entry)])
