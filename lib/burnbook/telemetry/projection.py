"""The projection of proxy_telemetry.jsonl that every reader of traffic needs.

A row counts once: its id, on its UTC day. A row that supersedes another moves its request to
another window: both windows are read again. Rows that machines booked differently are left to
`settle`. What only reading the journal needs is imported there.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.rows.meters import NewerRow
from burnbook.store import membership, packed_keys
from burnbook.store.membership import Membership, Span
from burnbook.store.packed_keys import PackedKeys
from burnbook.store.projection import Batch, Projection, Stretch
from burnbook.telemetry.tables import IRREGULAR, KEYS, NAME, SUPERSEDED, TABLES, dead_rows, write

if TYPE_CHECKING:
    from burnbook.telemetry.increment import Increment

JOURNAL = "proxy_telemetry"
_PORTION = 1 << 18  # rows between two writes to the tables: it bounds the memory for keys


def stretch(increment: "Increment", spans: tuple[Span, ...]) -> Stretch:
    """An increment for the store, by these windows of requests that name none."""

    def add_to(database: Connection) -> None:
        write(database, increment)

    return Stretch(increment.start, increment.end, add_to, spans)


def _read(lines: list[bytes]) -> list[Any]:
    from burnbook.telemetry import rows

    return rows.read(lines)


def _apply(path: RootedPath, database: Connection, batches: Iterable[Batch]) -> int:
    from burnbook.telemetry import moves
    from burnbook.telemetry.increment import Rows
    from burnbook.telemetry.settle import Repeated, Settlement

    count, start, end, windows = 0, -1, 0, membership.load(database, NAME)
    corrections: list[Any] = []
    repeated = Repeated()
    rows = Rows(PackedKeys(database, KEYS).known, windows, dead_rows(database))
    for offsets, batch in batches:
        end = offsets[-1] + 1 if offsets else end
        start = offsets[0] if offsets and start < 0 else start
        again = set(rows.add(offsets, batch))
        count += len(again)
        for offset, row in zip(offsets, batch, strict=True) if again else ():
            if offset in again and isinstance(row, NewerRow):
                database.execute("INSERT INTO telemetry_duplicates VALUES (?)", [offset])
            elif offset in again:
                repeated.add(offset, row)
        if rows.count >= _PORTION:
            write(database, rows.increment(0, 0))
            corrections += rows.corrections
            rows = Rows(PackedKeys(database, KEYS).known, windows, dead_rows(database))
    write(database, rows.increment(0, 0))
    corrections += rows.corrections
    settlement = Settlement(database, path, windows, repeated, (start, end))
    settled = settlement.settle(corrections)
    moves.correct(database, path, corrections, settled.times, windows, end)
    return count - settled.conflicts


def _bulk(root: str, windows: Membership) -> Sequence[Stretch]:
    from burnbook.telemetry import bulk

    increments = bulk.increments(root, windows)
    return [stretch(increment, windows.spans) for increment in increments]


def _move(
    database: Connection, path: RootedPath, before: Membership, after: Membership, end: int
) -> None:
    from burnbook.telemetry import moves

    moves.move(database, path, before, after, end)


def _digest(database: Connection, schema: str) -> Any:
    return [packed_keys.digest(database, schema, name) for name in (KEYS, SUPERSEDED, IRREGULAR)]


def telemetry(root: str) -> Projection:
    """The projection in the book at `root`."""
    return Projection(
        name=NAME,
        journal=JOURNAL,
        version=3,
        tables=TABLES,
        apply=partial(_apply, journal.path_of(root, JOURNAL)),
        newer=True,
        content=(
            "SELECT * FROM {schema}.telemetry_duplicates",
            "SELECT * FROM {schema}.telemetry_windows",
            "SELECT * FROM {schema}.telemetry_groups",
            "SELECT * FROM {schema}.telemetry_requests",
        ),
        read=_read,
        digest=_digest,
        bulk=_bulk,
        move=_move,
    )
