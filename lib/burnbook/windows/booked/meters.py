"""The tables of official meters: each reading, and a summary of all."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.meters.vendor_meters import OfficialMeters
from burnbook.rows.meters import Meter
from burnbook.rows.usage import MeterReading
from burnbook.store.projection import Entry, Projection, Ranked
from burnbook.times.clock import to_micros

if TYPE_CHECKING:
    from sqlite3 import Connection

JOURNAL = "meters"
_READ = 256  # rows that are read at a time

Order = tuple[int, str]
_NONE: Order = (0, "")


def _apply(database: "Connection", entries: Iterable[Entry]) -> int:
    """Adds readings. Of several with one id, the one recorded first counts.

    The summary depends on their order, which is that of recording. It is built again if a row
    comes late, as after a merge.
    """
    official, newest = summary(database)
    duplicates, is_late, path = 0, False, None
    for offset, length, entry in entries:
        assert isinstance(entry, Ranked)
        row, path = entry.row, entry.path
        assert isinstance(row, MeterReading)
        same_id = "SELECT offset, length FROM meter_rows WHERE id = ?"
        other = database.execute(same_id, (row.id,)).fetchone()
        if other is not None and not (outranks := entry.outranks(*other)):
            duplicates += outranks is None
            continue
        order = to_micros(row.recorded_at), row.id
        is_late |= other is not None or order < newest
        _insert(database, row, offset, length)
        if not is_late:
            official.add(row)
            newest = order
    if is_late and path is not None:
        official = OfficialMeters()
        for row in _in_order(database, path):
            official.add(row)
        newest = to_micros(row.recorded_at), row.id
    value = msgspec.msgpack.encode(official)
    database.execute("INSERT OR REPLACE INTO official_meters VALUES (1, ?, ?, ?)", (*newest, value))
    return duplicates


def _insert(database: "Connection", row: MeterReading, offset: int, length: int) -> None:
    recorded_at = to_micros(row.recorded_at)
    database.execute("DELETE FROM meter_readings WHERE row_id = ?", (row.id,))
    database.execute(
        "INSERT OR REPLACE INTO meter_rows VALUES (?, ?, ?, ?)",
        (row.id, recorded_at, offset, length),
    )
    origin = (row.id, recorded_at, row.provider, row.home, row.agent)
    database.executemany(
        "INSERT INTO meter_readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (*origin, to_micros(row.captured_at), meter.name, *_values(meter), row.plan)
            for meter in row.meters
            if meter.used_percent is not None
        ],
    )


METERS = Projection(
    name="meters",
    journal=JOURNAL,
    version=4,
    tables=(
        "CREATE TABLE official_meters (id INTEGER PRIMARY KEY, recorded_at INTEGER NOT NULL,"
        " row_id TEXT NOT NULL, value BLOB NOT NULL)",
        "CREATE TABLE meter_rows (id TEXT PRIMARY KEY, recorded_at INTEGER NOT NULL,"
        " offset INTEGER NOT NULL, length INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE meter_readings (row_id TEXT NOT NULL, recorded_at INTEGER NOT NULL,"
        " provider TEXT NOT NULL, home TEXT, agent TEXT,"
        " captured_at INTEGER NOT NULL, meter TEXT NOT NULL, used_percent REAL NOT NULL,"
        " window_minutes INTEGER, resets_at INTEGER, plan TEXT)",
        "CREATE INDEX meter_readings_by_time ON meter_readings (provider, captured_at)",
        "CREATE INDEX meter_readings_by_row ON meter_readings (row_id)",
    ),
    apply=_apply,
    ranked=True,
)


def summary(database: "Connection") -> tuple[OfficialMeters, Order]:
    """The summary of all readings, and which of them was recorded last."""
    select = "SELECT value, recorded_at, row_id FROM official_meters"
    row = database.execute(select).fetchone()
    if row is None:
        return OfficialMeters(), _NONE
    value, *order = row
    return msgspec.msgpack.decode(value, type=OfficialMeters), (order[0], order[1])


def _in_order(database: "Connection", path: RootedPath) -> Iterator[MeterReading]:
    """Yields the readings that count in the order of recording, a few in memory at a time."""
    select = "SELECT offset, length FROM meter_rows ORDER BY recorded_at, id"
    spans = iter(database.execute(select).fetchall())
    while batch := list(islice(spans, _READ)):
        for line in journal.at(path, batch):
            yield codec.decode(JOURNAL, line)


def _values(meter: Meter) -> tuple[float | None, int | None, int | None]:
    resets_at = None if meter.resets_at is None else to_micros(meter.resets_at)
    return meter.used_percent, meter.window_minutes, resets_at
