"""Adds rows of agent_usage.jsonl to its tables, and moves them to other windows."""

import gc
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, islice
from sqlite3 import Connection

from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec
from burnbook.rows.meters import NewerRow
from burnbook.rows.usage import AgentUsage
from burnbook.store import membership, time_index
from burnbook.store.membership import Membership
from burnbook.store.projection import Entry
from burnbook.usage.booked_rows import (
    DIFFERENCE,
    WHOLE,
    RowEntry,
    booked,
    entry_of,
    row_keys,
    session_key,
)
from burnbook.usage.counts import moment, origin
from burnbook.usage.tables.cells import Cells, Values, add_cells, signed_values
from burnbook.usage.tables.increment import Increment, add_aliases, pack
from burnbook.usage.tables.schema import (
    DELETE_EMPTY,
    INSERT_UNSETTLED,
    JOURNAL,
    NAME,
    insert,
)

_BATCH = 20_000  # rows at a time: their keys are inserted in order

Key = tuple[int, int]  # request and row, as in `usage_rows`
Added = dict[Key, tuple[int, AgentUsage | NewerRow]]  # offsets and rows


def apply(database: Connection, entries: Iterable[Entry]) -> int:
    """Add rows of the journal to the tables; returns how many have the id of an earlier one."""
    gc_was_on = gc.isenabled()
    gc.disable()  # nothing here makes cycles; to look at each row takes a third of a rebuild
    try:
        return _apply(database, entries)
    finally:
        if gc_was_on:
            gc.enable()


def _apply(database: Connection, entries: Iterable[Entry]) -> int:
    waiting, duplicates = iter(entries), 0
    windows = membership.load(database, NAME)
    while batch := list(islice(waiting, _BATCH)):
        added: Added = {}
        repeated: list[tuple[Key, int, AgentUsage | NewerRow]] = []
        for offset, _, row in batch:
            key = row_keys(row.id, None if isinstance(row, NewerRow) else row.first)
            if added.setdefault(key, (offset, row))[0] != offset:
                repeated.append((key, offset, row))
        known = booked(database, {request for request, _ in added})
        for entry in known:
            if entry[:2] in added:
                repeated.append((entry[:2], *added.pop(entry[:2])))
        duplicates += len(repeated)
        unsettled = _irregular(known, added) + [(*key, offset) for key, offset, _ in repeated]
        cells = Cells()
        rows: list[RowEntry] = []
        aliases: tuple[list[int], list[int]] = [], []
        sessions: dict[int, int] = {}
        times: list[tuple[int, datetime, datetime]] = []
        for key, (offset, row) in added.items():
            rows.append(entry_of(key, offset, row))
            if not isinstance(row, NewerRow):
                for values, sign in signed_values(row):
                    cells.add(row, values, windows, sign)
        each = ((key, offset, row) for key, (offset, row) in added.items())
        for key, offset, row in chain(each, repeated):
            if isinstance(row, NewerRow):
                continue
            if row.aliases:
                add_aliases(aliases, key[0], [int(alias, 16) for alias in row.aliases])
            key_of_session, end = session_key(row.tool, row.session), int(row.ts.timestamp() * 1000)
            sessions[key_of_session] = max(end, sessions.get(key_of_session, end))
            old = row.ts if row.superseded is None else moment(row, row.superseded)
            times.append((offset, min(row.ts, old), max(row.ts, old)))
        blocks = time_index.blocks_of(*zip(*sorted(times), strict=True)) if times else []
        Increment(0, 0, b"", rows, pack(*aliases), sessions, *cells.rows(), blocks).add_to(database)
        insert(database, INSERT_UNSETTLED, sorted(unsettled))
    return duplicates


def _irregular(known: Sequence[RowEntry], added: Added) -> list[tuple[int, int, int]]:
    """The new rows of requests whose rows do not follow one another: request, row and offset."""
    requests = {
        entry.request
        for entry in known
        if entry.counted != DIFFERENCE or entry.version > codec.SCHEMA_VERSION
    }
    requests |= {key[0] for key, (_, row) in added.items() if isinstance(row, NewerRow)}
    revisions = {(entry.request, entry.revision) for entry in known if entry.row}
    irregular = []
    for (request, own), (offset, row) in added.items():
        is_second = False
        if own and isinstance(row, AgentUsage):
            is_second = (request, row.revision) in revisions
            revisions.add((request, row.revision))
        if is_second or request in requests:
            irregular.append((request, own, offset))
    return irregular


def move(
    database: Connection, path: RootedPath, before: Membership, after: Membership, end: int
) -> None:
    """Move the requests whose window is another one now, by reading the rows of that time."""
    wanted = time_index.blocks(database, NAME, before.changes(after))
    has_moved = False
    for offsets, lines in time_index.lines(path, wanted, end):
        rows = [(n, codec.read(JOURNAL, line)) for n, line in zip(offsets, lines, strict=True)]
        moved: list[tuple[int, AgentUsage, Values, int]] = []
        for offset, row in rows:
            for values, sign in signed_values(row) if isinstance(row, AgentUsage) else ():
                if origin(row, values, before) != origin(row, values, after):
                    moved.append((offset, row, values, sign))
        keys = {row_keys(row.id, row.first)[0] for _, row, *_ in moved}
        counted = {entry.offset: entry.counted for entry in booked(database, keys)}
        cells = Cells()
        for offset, row, values, sign in moved:
            how = counted.get(offset)
            if how == DIFFERENCE or (how == WHOLE and values is row):
                cells.add(row, values, before, -sign)
                cells.add(row, values, after, sign)
        add_cells(database, *cells.rows())
        has_moved = has_moved or bool(moved)
    if has_moved:
        database.execute(DELETE_EMPTY)
