"""The tables of snapshots and voids."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from burnbook.rows.meters import IMPORTED, Snapshot, Void
from burnbook.store.projection import Entry, Projection, Ranked
from burnbook.times.clock import to_micros

if TYPE_CHECKING:
    from sqlite3 import Connection


def _apply(database: "Connection", lines: Iterable[Entry]) -> int:
    """Adds snapshots and voids. Of several with one id, the one recorded first counts."""
    duplicates = 0
    for offset, length, entry in lines:
        assert isinstance(entry, Ranked)
        row = entry.row
        table = "snapshot_voids" if isinstance(row, Void) else "snapshots"
        same_id = f"SELECT offset, length FROM {table} WHERE id = ?"
        other = database.execute(same_id, (row.id,)).fetchone()
        if other is not None and not (outranks := entry.outranks(*other)):
            duplicates += outranks is None
            continue
        if isinstance(row, Void):
            _insert(database, table, (row.id, row.void, offset, length))
            continue
        assert isinstance(row, Snapshot)
        recorded_at = to_micros(row.recorded_at)
        boundary = None if row.boundary is None else to_micros(row.boundary)
        who = (row.agent or "", row.provider)
        what = (row.id, row.window or "", *who, row.phase, to_micros(row.captured_at))
        where = (offset, length, boundary, row.source == IMPORTED, row.account, row.home)
        _insert(database, table, (*what, *where, row.host, recorded_at))
        database.execute(
            "INSERT INTO snapshot_providers VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
            " SET first_at = min(first_at, excluded.first_at)",
            (*who, recorded_at),
        )
    return duplicates


def _insert(database: "Connection", table: str, values: tuple[Any, ...]) -> None:
    marks = ", ".join("?" * len(values))
    database.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", values)


SNAPSHOTS = Projection(
    name="snapshots",
    journal="snapshots",
    version=3,
    tables=(
        "CREATE TABLE snapshots (id TEXT PRIMARY KEY, window TEXT NOT NULL, agent TEXT NOT NULL,"
        " provider TEXT NOT NULL, phase TEXT NOT NULL, captured_at INTEGER NOT NULL,"
        " offset INTEGER NOT NULL, length INTEGER NOT NULL, boundary INTEGER,"
        " imported INTEGER NOT NULL, account TEXT, home TEXT, host TEXT NOT NULL,"
        " recorded_at INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE snapshot_voids (id TEXT PRIMARY KEY, snapshot TEXT NOT NULL,"
        " offset INTEGER NOT NULL, length INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE snapshot_providers (agent TEXT, provider TEXT, first_at INTEGER NOT NULL,"
        " PRIMARY KEY (agent, provider)) WITHOUT ROWID",
        "CREATE INDEX snapshots_by_window ON snapshots (window, recorded_at, id)",
        "CREATE INDEX snapshots_by_agent ON snapshots (agent, provider, captured_at)",
        "CREATE INDEX snapshots_by_provider ON snapshots (provider, captured_at)",
        "CREATE INDEX snapshots_by_boundary ON snapshots (boundary) WHERE boundary IS NOT NULL",
        "CREATE INDEX snapshot_voids_by_snapshot ON snapshot_voids (snapshot)",
    ),
    apply=_apply,
    ranked=True,
)
