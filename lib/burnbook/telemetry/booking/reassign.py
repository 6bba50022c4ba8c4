"""Rows that move booked requests to another window: `ingest --window` on lines that are known."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook import __version__
from burnbook.book import codec, precedence
from burnbook.rows.meters import NewerRow
from burnbook.rows.usage import ProxyRequest
from burnbook.store import time_index
from burnbook.store.membership import Range, merged
from burnbook.telemetry.booking.key_index import KeyIndex
from burnbook.telemetry.feeds.batch import Batch
from burnbook.telemetry.rows import JOURNAL, by_day, keys_of, read
from burnbook.telemetry.tables import NAME
from burnbook.telemetry.traffic import BUCKET
from burnbook.times import clock

Corrections = dict[str, dict[int, bytes]]
"""Lines of rows by UTC day and key."""


def corrections(index: KeyIndex, batch: Batch, window: str, end: int) -> Corrections:
    """A row for each request of a batch that is booked, but not in this window.

    The index is prepared for the batch. `end` is the size of the journal when the command began:
    rows that it booked since are in this window.
    """
    moved: Corrections = {}
    for row, line in _newest(index, batch, end) if end and any(index.answers.values()) else ():
        if row.window != window:
            booked = codec.read(JOURNAL, line)
            assert isinstance(booked, ProxyRequest)
            key = xxh3_64_intdigest(booked.id.encode())
            moved.setdefault(str(row.ts.date()), {})[key] = codec.encode(
                msgspec.structs.replace(
                    booked,
                    id=f"t-{key:016x}",
                    schema_version=codec.SCHEMA_VERSION,
                    tool_version=__version__,
                    recorded_at=clock.wall_clock(),
                    host=os.uname().nodename,
                    window=window,
                    supersedes=booked.id,
                    window_before=booked.window,
                )
            )
    return moved


def _newest(index: KeyIndex, batch: Batch, end: int) -> Iterator[tuple[Any, bytes]]:
    """The row of each request that counts, with its line. All its rows have its time: `settle`."""
    known = index.answers
    wanted = time_index.blocks(index.database, NAME, _times(batch, set().union(*known.values())))
    booked: dict[str, tuple[Any, bytes]] = {}
    later: dict[str, set[str]] = {}
    wanted_ids: dict[str, None] = {}
    for _, lines in time_index.lines(index.path, wanted, end):
        rows = read(lines)
        lines_of = {id(row): line for row, line in zip(rows, lines, strict=True)}
        for day, of_day in by_day(rows).items():
            keys = known.get(day, set())
            for row, key in zip(of_day, keys_of(of_day), strict=True):
                if isinstance(row, NewerRow):
                    continue
                if row.supersedes is not None:
                    later.setdefault(row.supersedes, set()).add(row.id)
                if key in keys or row.supersedes is not None:
                    line = lines_of[id(row)]
                    if row.id not in booked or _rank(line) < _rank(booked[row.id][1]):
                        booked[row.id] = row, line
                if key in keys:
                    wanted_ids[row.id] = None
    for row_id in wanted_ids:
        if ends := [booked[end] for end in _ends(row_id, later)]:
            yield ends[0] if len(ends) == 1 else max(ends, key=_order)


def _ends(row_id: str, later: dict[str, set[str]]) -> list[str]:
    """The rows after a row that none supersedes; `later` has the rows that supersede each."""
    ends, waiting = [], [row_id]
    while waiting:
        row_id = waiting.pop()
        if row_id in later:
            waiting += later.pop(row_id)
        else:
            ends.append(row_id)
    return ends


def _rank(line: bytes) -> precedence.Rank:
    return precedence.rank(codec.read(JOURNAL, line), codec.plain(line))


def _order(newest: tuple[Any, bytes]) -> Any:
    return precedence.order(codec.read(JOURNAL, newest[1]))


def _times(batch: Batch, keys: set[int]) -> list[Range]:
    """The times of rows with these keys, to ten minutes."""
    blocks = (block for blocks in batch.blocks.values() for block in blocks)
    tens = {
        row.ts.timestamp() // BUCKET
        for block in blocks
        if not keys.isdisjoint(block.keys)
        for key, row in zip(block.keys, block.rows(), strict=True)
        if key in keys
    }
    edges = ((datetime.fromtimestamp(n * BUCKET, UTC) for n in (ten, ten + 1)) for ten in tens)
    return merged((start, end) for start, end in edges)
