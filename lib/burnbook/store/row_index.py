"""Where the rows of a large journal are, by id: for `Book.commit`.

Journals under a MiB are scanned. Those whose rows come by the million have an index of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from burnbook.base.text import regex
from burnbook.book import codec, journal
from burnbook.store.projection import Entry, Projection, signed
from burnbook.store.store import Store

if TYPE_CHECKING:
    from sqlite3 import Connection

SMALL = 1 << 20  # bytes of a journal that is scanned
LARGE = ("proxy_telemetry", "agent_usage")
_BATCH = 1 << 16

# A row of a journal with two kinds begins with its kind.
_ID = regex(rb'(?:\{"[a-z]+":"[a-z]+",|\{)"id":"([a-z]-([0-9a-f]{16})[0-9a-f]*)"')


class StoredRowIndex:
    """The rows of the small journals of one book. Implements `book.row_index.RowIndex`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def prepare(self) -> None:
        """Read without the lock what `find` would otherwise have to read with it."""
        for name in codec.JOURNALS:
            if self._is_indexed(name):
                self._store.view(PROJECTIONS[name])

    def find(self, name: str, ids: Sequence[str]) -> Mapping[str, bytes]:
        """With the lock held: the lines of a journal that have one of these ids.

        A line counts by its id alone, whether the rest of it is valid or not.
        """
        path = journal.path_of(self._store.root, name)
        if not self._is_indexed(name):
            return journal.find(path, list(ids))
        connection = self._store.view(PROJECTIONS[name])
        lines: dict[str, bytes] = {}
        for row_id in ids:
            match = _ID.match(b'{"id":"%b"' % row_id.encode())
            key = signed(int(match[2], 16)) if match else None
            places = connection.execute(
                f"SELECT offset, length FROM row_ids_{name} WHERE key = ? ORDER BY offset", (key,)
            )
            for line in journal.at(path, places.fetchall()):
                match = _ID.match(line.removeprefix(codec.BOM))
                if match and match[1] == row_id.encode():
                    lines.setdefault(row_id, line)
        return lines

    def _is_indexed(self, name: str) -> bool:
        if name not in PROJECTIONS:
            return False
        return journal.size(journal.path_of(self._store.root, name)) > SMALL


def _projection(name: str) -> Projection:
    table = f"row_ids_{name}"

    def apply(connection: "Connection", entries: Iterable[Entry]) -> int:
        insert = f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?)"
        batch: list[tuple[int, int, int]] = []
        for offset, length, line in entries:
            match = _ID.match(line.removeprefix(codec.BOM))
            if match:
                batch.append((signed(int(match[2], 16)), offset, length))
            if len(batch) >= _BATCH:
                connection.executemany(insert, sorted(batch))
                batch.clear()
        connection.executemany(insert, sorted(batch))
        return 0

    return Projection(
        name=table,
        journal=name,
        version=1,
        tables=(
            f"CREATE TABLE {table} (key INTEGER NOT NULL, offset INTEGER NOT NULL,"
            " length INTEGER NOT NULL, PRIMARY KEY (key, offset)) WITHOUT ROWID",
        ),
        apply=apply,
        lines=True,
    )


PROJECTIONS = {name: _projection(name) for name in codec.JOURNALS if name not in LARGE}
