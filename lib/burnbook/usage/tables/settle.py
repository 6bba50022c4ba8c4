"""Requests that several machines booked differently: which of their rows counts.

Of rows with one id and different bytes, that of the least `precedence.rank` counts, and the others
are conflicts. Two machines may also supersede one row differently. Then the row of the request with
the greatest (revision, tokens, key) counts, with all of its values. What a row subtracts is of no
use there, because the row that it supersedes may be another one now.
"""

from collections.abc import Sequence
from sqlite3 import Connection
from typing import Any

import msgspec

from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec
from burnbook.rows.meters import NewerRow
from burnbook.rows.usage import AgentUsage
from burnbook.store import journal_lines, membership
from burnbook.store.membership import Membership
from burnbook.usage.booked_rows import DIFFERENCE, WHOLE, RowEntry, booked, entry_of, rank
from burnbook.usage.tables.cells import Cells, add_cells, counted_values
from burnbook.usage.tables.schema import DELETE_EMPTY, INSERT_CONFLICT, JOURNAL, NAME, insert

_TOGETHER = 2000  # requests whose rows are read together: some megabytes

Key = tuple[int, int]  # request and row, as in `usage_rows`


class _Copies(msgspec.Struct, frozen=True):
    """The rows with one id: the offset of the one that counts, and of those that differ from it."""

    offset: int
    conflicts: Sequence[int]


def settle(database: Connection, path: RootedPath) -> int:
    """Change the sums of the requests in `usage_unsettled` to those of the rows that count.

    `path` is that of the journal. Returns how many of the rows are conflicts, not duplicates.
    """
    windows = membership.load(database, NAME)
    conflicts, cells = 0, Cells()
    select = f"SELECT DISTINCT request FROM usage_unsettled LIMIT {_TOGETHER}"
    while requests := database.execute(select).fetchall():
        conflicts += _settle(database, path, [key for (key,) in requests], windows, cells)
        database.executemany("DELETE FROM usage_unsettled WHERE request = ?", requests)
        add_cells(database, *cells.rows())
        cells = Cells()
        database.execute(DELETE_EMPTY)
    return conflicts


def _settle(
    database: Connection,
    path: RootedPath,
    requests: Sequence[int],
    windows: Membership,
    cells: Cells,
) -> int:
    wanted = [msgspec.json.encode(requests).decode()]
    offsets: dict[Key, set[int]] = {}
    fresh: set[int] = set()  # offsets that `apply` counted as duplicates
    for table in ("usage_unsettled", "usage_conflicts"):
        for request, row, offset in database.execute(
            f"SELECT * FROM {table} WHERE request IN (SELECT value FROM json_each(?))", wanted
        ):
            offsets.setdefault((request, row), set()).add(offset)
            if table == "usage_unsettled":
                fresh.add(offset)
    entries: dict[int, list[RowEntry]] = {}
    for entry in booked(database, requests):
        entries.setdefault(entry.request, []).append(entry)
        offsets.setdefault(entry[:2], set()).add(entry.offset)
    lines = journal_lines.at(path, sorted(set().union(*offsets.values())))
    rows = {offset: codec.read(JOURNAL, line) for offset, line in lines.items()}
    count, changed, conflicts = 0, [], []
    for of_request in entries.values():
        updated, irregular = [], _is_irregular(of_request)
        for entry in of_request:
            copies = _copies(sorted(offsets[entry[:2]]), lines, rows)
            count += len(fresh.intersection(copies.conflicts) - {entry.offset})
            count += copies.offset in fresh and copies.offset != entry.offset
            conflicts += [(*entry[:2], offset) for offset in copies.conflicts]
            irregular = irregular or bool(copies.conflicts)
            new = entry_of(entry[:2], copies.offset, rows[copies.offset])
            updated.append(new._replace(counted=entry.counted))
        if irregular:
            best = max(updated, key=lambda entry: (not _is_newer(entry), entry.order))
            updated = [each._replace(counted=WHOLE * (each is best)) for each in updated]
        for old, new in zip(of_request, updated, strict=True):
            if old != new:
                changed.append(new)
                for entry, sign in ((old, -1), (new, 1)):
                    _add(cells, entry, rows[entry.offset], windows, sign)
    insert(database, "INSERT OR REPLACE INTO usage_rows VALUES {values}", changed)
    database.executemany("DELETE FROM usage_conflicts WHERE request = ?", zip(requests))
    insert(database, INSERT_CONFLICT, sorted(conflicts))
    return count


def _is_irregular(entries: Sequence[RowEntry]) -> bool:
    """Whether a request is counted by one row alone: two rows may supersede the same one."""
    later = [entry.revision for entry in entries if entry.row]
    is_settled = any(entry.counted != DIFFERENCE for entry in entries)
    return is_settled or len(set(later)) < len(later) or any(map(_is_newer, entries))


def _is_newer(entry: RowEntry) -> bool:
    return entry.version > codec.SCHEMA_VERSION


def _copies(offsets: Sequence[int], lines: dict[int, bytes], rows: dict[int, Any]) -> _Copies:
    """Which of the rows at offsets counts. Of equal lines it is the first."""
    first: dict[bytes, int] = {}
    for offset in offsets:
        first.setdefault(codec.plain(lines[offset]), offset)
    ranks = {offset: rank(rows[offset], line) for line, offset in first.items()}
    best = min(ranks, key=ranks.__getitem__)
    return _Copies(best, [offset for offset in ranks if offset != best])


def _add(
    cells: Cells, entry: RowEntry, row: AgentUsage | NewerRow, windows: Membership, sign: int
) -> None:
    if isinstance(row, AgentUsage):
        for values, own_sign in counted_values(row, entry.counted):
            cells.add(row, values, windows, sign * own_sign)
