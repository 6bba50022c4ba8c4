"""Rows made of a feed's lines, before they are booked: their lines, keys and sums.

A batch can be sent to another process.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any

import msgspec

from burnbook.book import codec
from burnbook.jsonl.exports.skipped import Skipped
from burnbook.store.time_index import Block as TimeBlock
from burnbook.telemetry.rows import JOURNAL, read
from burnbook.telemetry.traffic import Traffic

_TS, _SECONDS = b',"ts":"', len("2026-11-22T12:00:00")


class Counts(msgspec.Struct):
    """The lines by what became of them."""

    accepted: int = 0
    reassigned: int = 0
    duplicates: int = 0
    rejected: int = 0
    ignored: int = 0

    def add(self, other: "Counts") -> None:
        """Add other counts."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Block(msgspec.Struct, gc=False):
    """Lines of rows, in the same order their keys, and their first and last moments."""

    lines: bytes
    keys: list[int]
    first: datetime
    last: datetime

    def rows(self) -> list[Any]:
        """The rows of the lines."""
        return read(self.lines.splitlines(keepends=True))

    def leave_out(self, keys: Set[int], known: Mapping[str, Set[int]]) -> list[Any]:
        """Drop the rows whose keys, all in `keys`, are known on their day; returns these rows."""
        if keys.isdisjoint(self.keys):
            return []
        lines, dropped = self.lines.splitlines(keepends=True), []
        for n in reversed([n for n, key in enumerate(self.keys) if key in keys]):
            row = codec.decode(JOURNAL, lines[n])
            if self.keys[n] in known.get(str(row.ts.date()), ()):
                dropped.append(row)
                del lines[n], self.keys[n]
        self.lines = b"".join(lines)
        if lines and any(row.ts in (self.first, self.last) for row in dropped):
            self.first, self.last = _reach(lines)
        return dropped


def _reach(lines: Sequence[bytes]) -> tuple[datetime, datetime]:
    """The first and the last moment of rows that have the same stamps, and so their `ts` in the
    same place: only those of the first and of the last second are decoded.
    """
    start = lines[0].index(_TS) + len(_TS)
    seconds = [line[start : start + _SECONDS] for line in lines]
    ends = min(seconds), max(seconds)
    of_ends = [line for line, second in zip(lines, seconds, strict=True) if second in ends]
    moments = [codec.decode(JOURNAL, line).ts for line in of_ends]
    return min(moments), max(moments)


class Batch(msgspec.Struct):
    """Rows, each once. `counts.accepted` is the number of rows.

    `keys` are those of the rows by UTC day, `blocks` and `traffic` their lines and sums by window
    ('' for none), `rejects` the rows of refused lines by key, and `skipped` the records that are no
    requests, by name.
    """

    counts: Counts
    keys: dict[str, list[int]] = {}
    blocks: dict[str, list[Block]] = {}
    traffic: dict[str, Traffic] = {}
    rejects: dict[int, bytes] = {}
    skipped: Skipped = {}

    def lines(self) -> list[bytes]:
        """The lines of all rows."""
        return [block.lines for blocks in self.blocks.values() for block in blocks]

    def times(self, start: int) -> list[TimeBlock]:
        """The blocks with their times, where the lines begin at byte `start` of the journal."""
        times = []
        for block in (block for blocks in self.blocks.values() for block in blocks):
            end = start + len(block.lines)
            moments = block.first.timestamp(), block.last.timestamp()
            times.append(TimeBlock(start, end - 1, *moments))
            start = end
        return times

    def leave_out(self, known: Mapping[str, Set[int]]) -> None:
        """Drop the rows whose keys are known on their day."""
        keys: set[int] = set().union(*known.values())
        for window, blocks in list(self.blocks.items()):
            dropped = [row for block in blocks for row in block.leave_out(keys, known)]
            self.blocks[window] = [block for block in blocks if block.keys]
            if dropped:
                self._subtract(window, dropped)
        for day, of_day in known.items():
            self.keys[day] = [key for key in self.keys[day] if key not in of_day]
        self.keys = {day: of_day for day, of_day in self.keys.items() if of_day}

    def _subtract(self, window: str, rows: list[Any]) -> None:
        self.counts.accepted -= len(rows)
        self.counts.duplicates += len(rows)
        dropped, traffic = Traffic(), self.traffic[window]
        dropped.add(rows)
        traffic.subtract(dropped)
        if not traffic.groups:
            del self.traffic[window], self.blocks[window]
            return
        traffic.first = min(block.first for block in self.blocks[window])
        traffic.last = max(block.last for block in self.blocks[window])
