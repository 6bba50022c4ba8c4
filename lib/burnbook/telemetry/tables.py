"""The tables of telemetry: which requests are booked, and the traffic of each window."""

from collections.abc import Sequence
from sqlite3 import Connection
from typing import TYPE_CHECKING

import msgspec

from burnbook.store import membership, packed_keys, queries, time_index
from burnbook.store.packed_keys import PackedKeys
from burnbook.telemetry.traffic import Packed, Traffic, merge_counts, pack, unpack

if TYPE_CHECKING:
    from burnbook.telemetry.increment import Increment, Known

NAME, KEYS = "telemetry", "telemetry_keys"
SUPERSEDED = "telemetry_superseded"  # the keys of rows that later rows supersede
IRREGULAR = "telemetry_irregular"  # the keys of requests that machines booked differently
EVERY_WINDOW = ""  # in telemetry_refills
_NO_LATENCIES = (b"", b"", b"", b"")

TABLES = (
    *packed_keys.tables(KEYS),
    *packed_keys.tables(SUPERSEDED),
    membership.table(NAME),
    time_index.table(NAME),
    *packed_keys.tables(IRREGULAR),
    # Offsets of rows that do not count: copies and conflicts of others (see `settle`).
    "CREATE TABLE telemetry_duplicates (offset INTEGER PRIMARY KEY)",
    # The windows that were read again because of a row at `offset`; EVERY_WINDOW stands for all.
    "CREATE TABLE telemetry_refills (window_id TEXT PRIMARY KEY, offset INTEGER NOT NULL)",
    # How many requests there are, of windows and of none.
    "CREATE TABLE telemetry_requests (id INTEGER PRIMARY KEY, requests INTEGER NOT NULL)",
    # Latencies (arrays of values and of counts) and tokens by
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
    pace_tokens NOT NULL
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
    cached_tokens TEXT NOT NULL,
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


def requests_without_window(database: Connection) -> int:
    """How many requests are in no window."""
    [(count,)] = database.execute(
        "SELECT ifnull((SELECT requests FROM telemetry_requests), 0)"
        " - ifnull((SELECT sum(requests) FROM telemetry_groups), 0)"
    )
    return int(count)


def dead_rows(database: Connection) -> "Known | None":
    """Finds the keys of rows that others supersede; None if there are none."""
    tables = (f"SELECT 1 FROM {SUPERSEDED}_{part}" for part in ("recent", "parts"))
    is_empty = database.execute(" UNION ALL ".join(tables)).fetchone() is None
    return None if is_empty else PackedKeys(database, SUPERSEDED).known


def write(database: Connection, increment: "Increment") -> None:
    """Add the rows of an increment to the tables."""
    keys = PackedKeys(database, KEYS)
    keys.add(increment.keys)
    requests = increment.requests
    if increment.superseded:
        dead = PackedKeys(database, SUPERSEDED)
        superseded = {
            day: set(old) - dead.known(day, old) for day, old in increment.superseded.items()
        }
        # Rows that are not there yet are left out when they come.
        requests -= sum(len(keys.known(day, old)) for day, old in superseded.items())
        dead.add(superseded)
    time_index.add(database, NAME, increment.blocks)
    database.execute(
        "INSERT INTO telemetry_requests VALUES (1, ?)"
        " ON CONFLICT (id) DO UPDATE SET requests = requests + excluded.requests",
        [requests],
    )
    for window, added in increment.traffic.items():
        if window:
            add_traffic(database, window, added)


def add_traffic(database: Connection, window: str, added: Traffic) -> None:
    """Add the traffic of some requests to that of a window."""
    latencies: Sequence[bytes] = _NO_LATENCIES
    whole = Traffic()
    rows = queries.run(database, "telemetry_window", window_id=window)
    if rows:
        [(*latencies, first, last, buckets, tokens)] = rows
        groups = queries.run(database, "telemetry_groups", window_id=window)
        whole = unpack(Packed(groups, _NO_LATENCIES, first, last, (buckets, tokens)))
    whole.merge(msgspec.structs.replace(added, baseline={}, routed={}))
    packed = pack(whole)
    latencies = (
        *merge_counts(latencies[0], latencies[1], added.baseline),
        *merge_counts(latencies[2], latencies[3], added.routed),
    )
    row = (window, *latencies, packed.first, packed.last, *packed.pace)
    marks = ", ".join("?" * len(row))
    database.execute(f"INSERT OR REPLACE INTO telemetry_windows VALUES ({marks})", row)
    database.execute("DELETE FROM telemetry_groups WHERE window_id = ?", [window])
    database.executemany(
        "INSERT INTO telemetry_groups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(window, number, *group) for number, group in enumerate(packed.groups)],
    )
