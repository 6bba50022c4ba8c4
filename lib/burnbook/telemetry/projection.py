"""The tables that are derived from proxy_telemetry.jsonl: which requests are booked, and the
traffic of each window. A row counts once: its id, on its UTC day.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from sqlite3 import Connection
from typing import Any

import msgspec

from burnbook.rows.meters import NewerRow
from burnbook.store import packed_keys, queries
from burnbook.store.packed_keys import PackedKeys
from burnbook.store.projection import Entry, Projection, Stretch
from burnbook.telemetry.rows import JOURNAL, by_day, key_of, read
from burnbook.telemetry.traffic import Packed, Traffic, pack, unpack

KEYS = "telemetry_keys"
_TOGETHER = 4096  # rows whose sums are made together
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


class Increment(msgspec.Struct):
    """What the rows from byte `start` to byte `end` of the journal add to the tables.

    `keys` are those of the rows by UTC day, `traffic` is by window.
    """

    start: int
    end: int
    keys: dict[str, list[int]] = {}
    traffic: dict[str, Traffic] = {}

    def stretch(self) -> Stretch:
        """The same for the store."""
        return Stretch(self.start, self.end, self._add_to)

    def add(
        self, end: int, keys: Mapping[str, Iterable[int]], traffic: Mapping[str, Traffic]
    ) -> None:
        """Add the rows up to byte `end`."""
        self.end = end
        for day, of_day in keys.items():
            self.keys.setdefault(day, []).extend(of_day)
        for window, of_window in traffic.items():
            self.traffic.setdefault(window, Traffic()).merge(of_window)

    def _add_to(self, database: Connection) -> None:
        _write(PackedKeys(database, KEYS), database, self.keys, self.traffic)


def stored_traffic(database: Connection, window: str) -> Traffic | None:
    """The traffic of a window; None if there is none."""
    rows = queries.run(database, "telemetry_window", window_id=window)
    if not rows:
        return None
    groups = queries.run(database, "telemetry_groups", window_id=window)
    [(*latencies, first, last, buckets, tokens)] = rows
    return unpack(Packed(groups, tuple(latencies), first, last, (buckets, tokens)))


def _write(
    stored: PackedKeys,
    database: Connection,
    keys: Mapping[str, list[int]],
    traffic: Mapping[str, Traffic],
) -> None:
    stored.add(keys)
    for window, added in traffic.items():
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


def _apply(database: Connection, entries: Iterable[Entry]) -> int:
    waiting, rows = iter(entries), _Rows(database)
    while batch := list(islice(waiting, _TOGETHER)):
        rows.add(batch)
    rows.write()
    return rows.duplicates


class _Rows:
    """Adds rows to the tables, each once."""

    def __init__(self, database: Connection) -> None:
        self.database = database
        self.stored = PackedKeys(database, KEYS)
        self.duplicates = self._count = 0
        self._seen: dict[str, set[int]] = {}
        self._traffic: dict[str, Traffic] = {}

    def add(self, entries: list[Entry]) -> None:
        """Add the rows of entries, without those that are there already."""
        by_window: dict[str, list[Any]] = {}
        repeated: set[int] = set()
        for day, rows in by_day(row for _, _, row in entries).items():
            keys = [key_of(row.id) for row in rows]
            new, seen = set(keys), self._seen.setdefault(day, set())
            stored = self.stored.known(day, new)
            if stored or len(new) < len(keys) or not seen.isdisjoint(new):
                rows = _first(rows, keys, seen | stored, repeated)
            seen |= new - stored
            for row in rows:
                if not isinstance(row, NewerRow):
                    by_window.setdefault(row.window or "", []).append(row)
        if repeated:
            offsets = [(offset,) for offset, _, row in entries if id(row) in repeated]
            self.database.executemany("INSERT INTO telemetry_duplicates VALUES (?)", offsets)
            self.duplicates += len(offsets)
        for window, rows in by_window.items():
            self._traffic.setdefault(window, Traffic()).add(rows)
        self._count += len(entries)
        if self._count >= _PORTION:
            self.write()

    def write(self) -> None:
        """Write the rows so far to the tables."""
        keys = {day: list(of_day) for day, of_day in self._seen.items() if of_day}
        _write(self.stored, self.database, keys, self._traffic)
        self._seen, self._traffic, self._count = {}, {}, 0


def _first(rows: list[Any], keys: list[int], known: set[int], repeated: set[int]) -> list[Any]:
    """The first row of each key that is not known; adds the `id()` of the others to `repeated`."""
    first = []
    for row, key in zip(rows, keys, strict=True):
        if key in known:
            repeated.add(id(row))
        else:
            known.add(key)
            first.append(row)
    return first


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
)
