"""Reads again the requests of windows that got or lost some, because a window or a row changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from burnbook.base.rooted_path import RootedPath
from burnbook.rows.meters import NewerRow
from burnbook.store import time_index
from burnbook.store.membership import Membership, Range, merged
from burnbook.telemetry.increment import Known, by_window
from burnbook.telemetry.rows import by_day, key_of, keys_of, read, windows_of
from burnbook.telemetry.tables import EVERY_WINDOW, NAME, add_traffic, dead_rows
from burnbook.telemetry.traffic import Traffic


def move(
    database: Connection, path: RootedPath, before: Membership, after: Membership, end: int
) -> None:
    """Change the traffic of windows from one membership to another."""
    _refill(database, path, changed(database, path, before, after, end), after, end)


def correct(
    database: Connection,
    path: RootedPath,
    rows: Sequence[Any],
    settled: Mapping[str, Range],
    windows: Membership,
    end: int,
) -> None:
    """Correct the traffic of the windows between which rows move requests, and of those settled."""
    names = {window for row in rows for window in windows_of(row, windows)}
    of_windows = times(database, names | settled.keys())
    for name, (first, last) in settled.items():
        begins, ends = of_windows.get(name, (first, last))
        of_windows[name] = min(first, begins), max(last, ends)
    of_windows.pop(EVERY_WINDOW, None)
    _refill(database, path, of_windows, windows, end)
    rows_of_windows = [(name, end - 1) for name in settled]
    database.executemany("INSERT OR REPLACE INTO telemetry_refills VALUES (?, ?)", rows_of_windows)


def _refill(
    database: Connection,
    path: RootedPath,
    windows: Mapping[str, Range],
    membership: Membership,
    end: int,
) -> None:
    names = [(window,) for window in windows]
    for table in ("telemetry_windows", "telemetry_groups"):
        database.executemany(f"DELETE FROM {table} WHERE window_id = ?", names)
    traffic: dict[str, Traffic] = {}
    for _, rows in requests(database, path, windows.values(), end, dead_rows(database)):
        for window, of_window in by_window(rows, membership):
            if window in windows:
                traffic.setdefault(window, Traffic()).add(of_window)
    for window, of_rows in traffic.items():
        add_traffic(database, window, of_rows)


def changed(
    database: Connection, path: RootedPath, before: Membership, after: Membership, end: int
) -> dict[str, Range]:
    """The windows that get or lose requests, each with the time in which it has any.

    Superseded rows are among them, because the tables of costs may still have them.
    """
    moments: dict[str, list[datetime]] = {}
    for _, rows in requests(database, path, before.changes(after), end):
        for row in rows:
            if row.window is None:
                was, now = before.at(row.agent, row.ts), after.at(row.agent, row.ts)
                for window in (was, now) if was != now else ():
                    if window is not None:
                        moments.setdefault(window, []).append(row.ts)
    for window, of_requests in times(database, moments).items():
        moments[window] += of_requests
    return {window: (min(of_window), max(of_window)) for window, of_window in moments.items()}


def times(database: Connection, windows: Iterable[str]) -> dict[str, Range]:
    """The time of the first and the last request of windows, without those that have none."""
    known = {}
    for window in windows:
        for first, last in database.execute(
            "SELECT first_at, last_at FROM telemetry_windows WHERE window_id = ?", [window]
        ):
            known[window] = datetime.fromisoformat(first), datetime.fromisoformat(last)
    return known


def requests(
    database: Connection,
    path: RootedPath,
    ranges: Iterable[Range],
    end: int,
    dead: Known | None = None,
) -> Iterator[tuple[list[int], list[Any]]]:
    """Yields the offsets and the rows that count of blocks with rows of some time.

    `end` is the byte up to which the journal is in the tables.
    """
    without = duplicates(database)
    blocks = time_index.blocks(database, NAME, merged(ranges))
    for offsets, lines in time_index.lines(path, blocks, end):
        pairs = [
            (offset, row)
            for offset, row in zip(offsets, read(lines), strict=True)
            if row is not None and not isinstance(row, NewerRow) and offset not in without
        ]
        if dead is not None:
            pairs = alive(dead, pairs)
        yield [offset for offset, _ in pairs], [row for _, row in pairs]


def duplicates(database: Connection) -> set[int]:
    """The offsets of rows that do not count, because other rows of their id or request do."""
    return {offset for (offset,) in database.execute("SELECT offset FROM telemetry_duplicates")}


def alive(dead: Known, pairs: Sequence[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """The offsets and rows without those that others supersede."""
    keys = {
        (day, key)
        for day, rows in by_day([row for _, row in pairs]).items()
        for key in dead(day, set(keys_of(rows)))
    }
    if not keys:
        return [*pairs]
    return [
        (offset, row) for offset, row in pairs if (str(row.ts.date()), key_of(row.id)) not in keys
    ]
