"""The tables that are derived from proxy_telemetry.jsonl: which requests are booked, and the
traffic of each window. A row counts once: its id, on its UTC day.
"""

from collections.abc import Iterable, Sequence
from sqlite3 import Connection
from typing import Any

from burnbook.store import packed_keys, queries
from burnbook.store.packed_keys import PackedKeys
from burnbook.store.projection import Batch, Projection, Stretch
from burnbook.telemetry import bulk
from burnbook.telemetry.increment import Increment, Rows
from burnbook.telemetry.rows import JOURNAL, read
from burnbook.telemetry.traffic import Packed, Traffic, pack, unpack

KEYS = "telemetry_keys"
_PORTION = 1 << 18  # rows between two writes to the tables: it bounds the memory for keys

_TABLES = (
    *packed_keys.tables(KEYS),
    # Offsets of rows that are in the journal before.
    "CREATE TABLE telemetry_duplicates (offset INTEGER PRIMARY KEY)",
    # A window, '' for requests of none. Latencies (arrays of values and of counts) and tokens by
    # ten minutes are packed: there are thousands in a window, and they are read together.
    """CREATE TABLE telemetry_windows (
    window_id TEXT PRIMARY KEY,
    baseline_ms BLOB NOT NULL,
    baseline_requests BLOB NOT NULL,
    routed_ms BLOB NOT NULL,
    routed_requests BLOB NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    pace_buckets BLOB NOT NULL,
    pace_tokens TEXT NOT NULL
) WITHOUT ROWID""",
    # Tokens are text, because their sum may exceed 64 bits.
    """CREATE TABLE telemetry_groups (
    window_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    is_routed INTEGER NOT NULL,
    is_ok INTEGER NOT NULL,
    lane TEXT,
    model TEXT,
    kind TEXT,
    requests INTEGER NOT NULL,
    input_tokens TEXT NOT NULL,
    output_tokens TEXT NOT NULL,
    PRIMARY KEY (window_id, number)
) WITHOUT ROWID""",
)


def stored_traffic(database: Connection, window: str) -> Traffic | None:
    """The traffic of a window; None if there is none."""
    rows = queries.run(database, "telemetry_window", window_id=window)
    if not rows:
        return None
    groups = queries.run(database, "telemetry_groups", window_id=window)
    [(*latencies, first, last, buckets, tokens)] = rows
    return unpack(Packed(groups, tuple(latencies), first, last, (buckets, tokens)))


def write(database: Connection, increment: Increment) -> None:
    """Add the rows of an increment to the tables."""
    PackedKeys(database, KEYS).add(increment.keys)
    for window, added in increment.traffic.items():
        whole = stored_traffic(database, window) or Traffic()
        whole.merge(added)
        packed = pack(whole)
        row = (window, *packed.latencies, packed.first, packed.last, *packed.pace)
        marks = ", ".join("?" * len(row))
        database.execute(f"INSERT OR REPLACE INTO telemetry_windows VALUES ({marks})", row)
        database.execute("DELETE FROM telemetry_groups WHERE window_id = ?", [window])
        groups = [(window, number, *group) for number, group in enumerate(packed.groups)]
        database.executemany(
            "INSERT INTO telemetry_groups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", groups
        )


def _apply(database: Connection, batches: Iterable[Batch]) -> int:
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
    return [stretch(increment) for increment in bulk.increments(root)]


def stretch(increment: Increment) -> Stretch:
    """An increment for the store."""
    return Stretch(increment.start, increment.end, lambda database: write(database, increment))


def _digest(database: Connection, schema: str) -> Any:
    return packed_keys.digest(database, schema, KEYS)


TELEMETRY = Projection(
    name="telemetry",
    journal=JOURNAL,
    version=1,
    tables=_TABLES,
    apply=_apply,
    newer=True,
    content=("SELECT * FROM {schema}.telemetry_windows", "SELECT * FROM {schema}.telemetry_groups"),
    read=read,
    digest=_digest,
    bulk=_bulk,
)
