"""The projection that only cost-compare needs: the sums of each window and of each feature.

Requests in no window are left out.

In most feeds a request is a feature of its own, whose name is its id. Of such a feature the tables
have its hash and the offset of its row. When another request of it comes, the row is read again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from sqlite3 import Connection
from typing import Any

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.store import membership
from burnbook.store.membership import ALWAYS, Membership, Range
from burnbook.store.projection import Batch, Projection
from burnbook.telemetry import moves
from burnbook.telemetry.costs.retries import Retries
from burnbook.telemetry.costs.tables import (
    NAME,
    RETRY_CONTENT,
    RETRY_TABLES,
    TABLES,
    WINDOW_TABLES,
)
from burnbook.telemetry.costs.window import Window, unpacked
from burnbook.telemetry.increment import by_window
from burnbook.telemetry.projection import telemetry
from burnbook.telemetry.rows import JOURNAL, read, windows_of
from burnbook.telemetry.tables import EVERY_WINDOW, dead_rows

_MOST_SINGLE = 1 << 18  # features with one request, between two writes: 16 bytes each, and a set
_MOST_NAMED = 20_000  # other features between two writes: some KiB each


def features(root: str) -> Projection:
    """The projection in the book at `root`."""
    return Projection(
        name=NAME,
        journal=JOURNAL,
        version=4,
        tables=(*TABLES, *RETRY_TABLES),
        apply=partial(_apply, journal.path_of(root, JOURNAL)),
        read=read,
        after=telemetry(root),
        content=(
            "SELECT * FROM {schema}.telemetry_features",
            "SELECT * FROM {schema}.telemetry_costs",
            "SELECT * FROM {schema}.telemetry_feature_counts",
            *RETRY_CONTENT,
        ),
        digest=_digest,
        move=_move,
    )


def _apply(path: RootedPath, database: Connection, batches: Iterable[Batch]) -> int:
    duplicates = moves.duplicates(database)
    dead, spans, end = dead_rows(database), membership.load(database, NAME), 0
    windows: dict[str, Window] = {}
    changed: set[str] = set()
    retries = Retries(path, database, spans, without=duplicates)
    for offsets, batch in batches:
        if offsets and not end:
            changed |= _settled(database, offsets[0])
        end = offsets[-1] + 1 if offsets else end
        rows = zip(offsets, batch, strict=True)
        counted = [(offset, row) for offset, row in rows if offset not in duplicates]
        if dead is not None:
            for _, row in counted:
                if row.supersedes is not None:
                    changed |= windows_of(row, spans)
            counted = moves.alive(dead, counted)
        _add(windows, path, database, counted, spans)
        retries.add(counted)
    _write(windows)
    retries.finish()
    if EVERY_WINDOW in changed:
        _fill(path, database, spans, end)
    else:
        _refill(path, database, moves.times(database, changed), changed, spans, end)
    return 0


def _settled(database: Connection, start: int) -> set[str]:
    """The windows that `settle` changed because of rows from byte `start` on."""
    tables = ("telemetry_feature_counts", "telemetry_marked_retries")
    has_rows = " UNION ALL ".join(f"SELECT 1 FROM {table}" for table in tables)
    if database.execute(has_rows).fetchone() is None:
        return set()
    select = "SELECT window_id FROM telemetry_refills WHERE offset >= ?"
    return {window for (window,) in database.execute(select, [start])}


def _fill(path: RootedPath, database: Connection, spans: Membership, end: int) -> None:
    """Read all requests again: another row of one counts, which may be no retry, or another's."""
    for table in (*WINDOW_TABLES, "telemetry_marked_retries"):
        database.execute(f"DELETE FROM {table}")
    _read(path, database, [ALWAYS], spans, end)


def _move(
    database: Connection, path: RootedPath, before: Membership, after: Membership, end: int
) -> None:
    """Read again the requests of windows that got or lost some. Those of `telemetry` are moved."""
    changed = moves.changed(database, path, before, after, end)
    _refill(path, database, changed, changed.keys(), after, end)


def _refill(
    path: RootedPath,
    database: Connection,
    times: Mapping[str, Range],
    names: Collection[str],
    spans: Membership,
    end: int,
) -> None:
    """Read again the requests of windows."""
    for table in WINDOW_TABLES if names else ():
        rows = [(window,) for window in names]
        database.executemany(f"DELETE FROM {table} WHERE window_id = ?", rows)
    _read(path, database, times.values(), spans, end, names)


def _read(
    path: RootedPath,
    database: Connection,
    ranges: Iterable[Range],
    spans: Membership,
    end: int,
    names: Collection[str] | None = None,
) -> None:
    """Add the requests of some times, of these windows or of all."""
    windows: dict[str, Window] = {}
    retries = Retries(path, database, spans, end, without=moves.duplicates(database))
    for offsets, rows in moves.requests(database, path, ranges, end, dead_rows(database)):
        pairs = [*zip(offsets, rows, strict=True)]
        _add(windows, path, database, pairs, spans, names)
        retries.add(pairs)
    _write(windows)
    retries.finish()


def _add(
    windows: "dict[str, Window]",
    path: RootedPath,
    database: Connection,
    rows: Sequence[tuple[int, Any]],
    spans: Membership,
    wanted: Collection[str] | None = None,
) -> None:
    """Add rows with their offsets to their windows, and write these when they have many."""
    offsets = {id(row): offset for offset, row in rows}
    for name, of_window in by_window([row for _, row in rows], spans):
        if wanted is None or name in wanted:
            window = windows.setdefault(name, Window(path, database, name))
            window.add([(offsets[id(row)], row) for row in of_window])
    single = sum(len(window.offsets) for window in windows.values())
    named = sum(len(window.named) for window in windows.values())
    if single > _MOST_SINGLE or named > _MOST_NAMED:
        _write(windows)


def _write(windows: "dict[str, Window]") -> None:
    for window in windows.values():
        window.write()
    windows.clear()


def _digest(database: Connection, schema: str) -> Any:
    """Of the features with one request: their number and sums, by window."""
    windows: dict[str, tuple[int, int, int]] = {}
    several = set(
        database.execute(f"SELECT window_id, feature FROM {schema}.telemetry_features").fetchall()
    )
    for window, hashes, offsets in database.execute(
        f"SELECT window_id, features, offsets FROM {schema}.telemetry_single_features"
    ):
        pairs = zip(unpacked("q", hashes), unpacked("Q", offsets), strict=True)
        single = [pair for pair in pairs if (window, pair[0]) not in several]
        if not single:
            continue  # a rebuild has no row of them
        sums = len(single), sum(hash(pair) for pair in single), sum(n for _, n in single)
        before = windows.get(window, (0, 0, 0))
        windows[window] = (before[0] + sums[0], before[1] + sums[1], before[2] + sums[2])
    return windows
