"""The projection of proxy_telemetry.jsonl that every reader of traffic needs.

A row counts once: its id, on its UTC day. What only reading the journal needs is imported there.
"""

from collections.abc import Iterable, Sequence
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any

from burnbook.store import packed_keys
from burnbook.store.packed_keys import PackedKeys
from burnbook.store.projection import Batch, Projection, Stretch
from burnbook.telemetry.tables import KEYS, TABLES, write

if TYPE_CHECKING:
    from burnbook.telemetry.increment import Increment

JOURNAL = "proxy_telemetry"
_PORTION = 1 << 18  # rows between two writes to the tables: it bounds the memory for keys


def stretch(increment: "Increment") -> Stretch:
    """An increment for the store."""
    return Stretch(increment.start, increment.end, lambda database: write(database, increment))


def _read(lines: list[bytes]) -> list[Any]:
    from burnbook.telemetry import rows

    return rows.read(lines)


def _apply(database: Connection, batches: Iterable[Batch]) -> int:
    from burnbook.telemetry.increment import Rows

    duplicates = 0
    rows = Rows(PackedKeys(database, KEYS).known)
    for offsets, batch in batches:
        repeated = rows.add(offsets, batch)
        marks = [(offset,) for offset in repeated]
        database.executemany("INSERT INTO telemetry_duplicates VALUES (?)", marks)
        duplicates += len(repeated)
        if rows.count >= _PORTION:
            write(database, rows.increment(0, 0))
            rows = Rows(PackedKeys(database, KEYS).known)
    write(database, rows.increment(0, 0))
    return duplicates


def _bulk(root: str) -> Sequence[Stretch]:
    from burnbook.telemetry import bulk

    return [stretch(increment) for increment in bulk.increments(root)]


def _digest(database: Connection, schema: str) -> Any:
    return packed_keys.digest(database, schema, KEYS)


TELEMETRY = Projection(
    name="telemetry",
    journal=JOURNAL,
    version=2,
    tables=TABLES,
    apply=_apply,
    newer=True,
    content=("SELECT * FROM {schema}.telemetry_windows", "SELECT * FROM {schema}.telemetry_groups"),
    read=_read,
    digest=_digest,
    bulk=_bulk,
)
