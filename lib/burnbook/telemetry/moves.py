"""Reads again the requests of windows that got or lost some, because a window began or changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from burnbook.base.rooted_path import RootedPath
from burnbook.rows.meters import NewerRow
from burnbook.store import time_index
from burnbook.store.membership import Membership, Range, merged
from burnbook.telemetry.increment import by_window
from burnbook.telemetry.rows import read
from burnbook.telemetry.tables import NAME, add_traffic
from burnbook.telemetry.traffic import Traffic


def move(
    database: Connection, path: RootedPath, before: Membership, after: Membership, end: int
) -> None:
    """Change the traffic of windows from one membership to another."""
    windows = changed(database, path, before, after, end)
    for table in ("telemetry_windows", "telemetry_groups"):
        _delete(database, table, windows)
    traffic: dict[str, Traffic] = {}
    for _, rows in requests(database, path, [*windows.values()], end):
        for window, of_window in by_window(rows, after):
            if window in windows:
                traffic.setdefault(window, Traffic()).add(of_window)
    for window, of_rows in traffic.items():
        add_traffic(database, window, of_rows)


def changed(
    database: Connection, path: RootedPath, before: Membership, after: Membership, end: int
) -> dict[str, Range]:
    """The windows that get or lose requests, each with the time in which it has any."""
    moments: dict[str, list[datetime]] = {}
    for _, rows in requests(database, path, before.changes(after), end):
        for row in rows:
            if row.window is None:
                was, now = before.at(row.agent, row.ts), after.at(row.agent, row.ts)
                for window in (was, now) if was != now else ():
                    if window is not None:
                        moments.setdefault(window, []).append(row.ts)
    return {window: _range(database, window, of_window) for window, of_window in moments.items()}


def requests(
    database: Connection, path: RootedPath, ranges: list[Range], end: int
) -> Iterator[tuple[list[int], list[Any]]]:
    """Yields the offsets and the rows that count of blocks with rows of some time.

    `end` is the byte up to which the journal is in the tables.
    """
    duplicates = {offset for (offset,) in database.execute("SELECT * FROM telemetry_duplicates")}
    blocks = time_index.blocks(database, NAME, merged(ranges))
    for offsets, lines in time_index.lines(path, blocks, end):
        pairs = [
            (offset, row)
            for offset, row in zip(offsets, read(lines), strict=True)
            if row is not None and not isinstance(row, NewerRow) and offset not in duplicates
        ]
        yield [offset for offset, _ in pairs], [row for _, row in pairs]


def _range(database: Connection, window: str, moments: list[datetime]) -> Range:
    """The time of a window's requests and of others."""
    for first, last in database.execute(
        "SELECT first_at, last_at FROM telemetry_windows WHERE window_id = ?", [window]
    ):
        moments = [*moments, *map(datetime.fromisoformat, (first, last))]
    return min(moments), max(moments)


def _delete(database: Connection, table: str, windows: Mapping[str, Range]) -> None:
    rows = [(window,) for window in windows]
    database.executemany(f"DELETE FROM {table} WHERE window_id = ?", rows)
