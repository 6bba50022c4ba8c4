"""Rows that move booked requests to another window: `ingest --window` on lines that are known."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook import __version__
from burnbook.book import codec
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
    """The newest row of each request, with its line. All rows of a request have its time."""
    known = index.answers
    wanted = time_index.blocks(index.database, NAME, _times(batch, set().union(*known.values())))
    booked: dict[str, tuple[Any, bytes]] = {}
    later: dict[str, str] = {}
    wanted_ids: list[str] = []
    for _, lines in time_index.lines(index.path, wanted, end):
        rows = read(lines)
        of_id = {row.id: line for row, line in zip(rows, lines, strict=True) if row is not None}
        for day, of_day in by_day(rows).items():
            keys = known.get(day, set())
            for row, key in zip(of_day, keys_of(of_day), strict=True):
                if isinstance(row, NewerRow):
                    continue
                if row.supersedes is not None:
                    later[row.supersedes] = row.id
                if key in keys or row.supersedes is not None:
                    booked[row.id] = row, of_id[row.id]
                if key in keys:
                    wanted_ids.append(row.id)
    for row_id in wanted_ids:
        while row_id in later:
            row_id = later.pop(row_id)
        yield booked[row_id]


def _times(batch: Batch, keys: set[int]) -> list[Range]:
    """The times of rows with these keys, to ten minutes."""
    blocks = (block for blocks in batch.blocks.values() for block in blocks)
    tens = {
        moment // BUCKET
        for block in blocks
        for key, moment in zip(block.keys, block.moments, strict=True)
        if key in keys
    }
    edges = ((datetime.fromtimestamp(n * BUCKET, UTC) for n in (ten, ten + 1)) for ten in tens)
    return merged((start, end) for start, end in edges)
