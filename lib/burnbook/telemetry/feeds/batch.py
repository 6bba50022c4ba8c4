"""Rows made of a feed's lines, before they are booked: their lines, keys and sums.

A batch can be sent to another process.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from itertools import compress
from operator import attrgetter, itemgetter
from typing import Any

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.book import codec
from burnbook.book.bulk_codec import Stamp
from burnbook.book.rejects import reject_rows
from burnbook.config.feeds import IDENTITY
from burnbook.jsonl.chunks import Chunk
from burnbook.jsonl.exports.skipped import Skipped
from burnbook.store.membership import Membership, Steps
from burnbook.store.time_index import Block as TimeBlock
from burnbook.telemetry.feeds.decoder import Decoder, Event, Side
from burnbook.telemetry.rows import JOURNAL
from burnbook.telemetry.traffic import Traffic, add_pace

_TOGETHER = 512  # lines at a time: their rows stay in the processor's cache
_day = itemgetter(slice(6, 16))  # of a payload, which begins with its `ts`

# Aligned: events, their sides, the text of what their lines report, and keys.
Columns = tuple[list[Any], ...]


def _identities(events: list[Event], payloads: list[bytes]) -> list[bytes]:
    """Payloads without the last fields, which are no part of a row's identity."""
    if all(event.usd is event.cache_write_1h_tokens is None for event in events):
        return payloads
    # Quotes inside text are escaped, so these are the fields.
    start = [payload.partition(b',"usd":')[0] for payload in payloads]
    return [payload.partition(b',"cache_write_1h_tokens":')[0] for payload in start]


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
    """Lines of rows, and in the same order their keys and their moments in epoch seconds."""

    lines: bytes
    keys: list[int]
    moments: list[float]

    def leave_out(self, keys: Set[int], known: Mapping[str, Set[int]]) -> list[Any]:
        """Drop the rows whose keys, all in `keys`, are known on their day; returns these rows."""
        if keys.isdisjoint(self.keys):
            return []
        lines = self.lines.splitlines(keepends=True)
        dropped, are_left = [], [key not in keys for key in self.keys]
        for n, key in enumerate(self.keys):
            if key in keys:
                row = codec.decode(JOURNAL, lines[n])
                if key in known.get(str(row.ts.date()), ()):
                    dropped.append(row)
                else:
                    are_left[n] = True
        self.lines = b"".join(compress(lines, are_left))
        self.keys = list(compress(self.keys, are_left))
        self.moments = list(compress(self.moments, are_left))
        return dropped


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
            times.append(TimeBlock(start, end - 1, min(block.moments), max(block.moments)))
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
        moments = [block.moments for block in self.blocks[window]]
        traffic.first = datetime.fromtimestamp(min(map(min, moments)), UTC)
        traffic.last = datetime.fromtimestamp(max(map(max, moments)), UTC)


class BatchReader:
    """Makes batches of the lines of one feed.

    `window` is the one that the rows name; without it, a row is in the window of its time.
    """

    def __init__(
        self,
        feed: str,
        decoder: Decoder,
        identity: Sequence[str],
        agent: str,
        membership: Membership,
        window: str | None = None,
    ) -> None:
        self.feed, self.decoder, self.spans = feed, decoder, membership.spans
        self.agent, self.window = agent, window
        self._steps = membership.of(agent) if window is None else Steps.always(window)
        self._stamp = Stamp("t", agent, window, feed)
        self._encode = msgspec.json.Encoder().encode
        self._encode_lines = msgspec.json.Encoder().encode_lines
        # Without `_identity`, a row's key is a hash of all fields of its line, the day among them.
        self._identity = None if tuple(identity) == IDENTITY else attrgetter(*identity)

    def read(self, chunk: Chunk) -> Batch:
        """The rows of lines."""
        lines = chunk.lines
        batch = Batch(Counts())
        refused: list[tuple[int, str, bytes]] = []
        seen: set[Any] = set()
        latencies: dict[tuple[str, bool], list[float | None]] = {}
        for start in range(0, len(lines), _TOGETHER):
            part = lines[start : start + _TOGETHER]
            events, sides, rejected, ignored = self.decoder.parted(part)
            refused += [(chunk.number_of(start + n), reason, part[n]) for n, reason in rejected]
            batch.counts.ignored += ignored
            if events:
                columns = self._new(events, sides, batch, seen)
                for window, of_window in self._by_window(columns):
                    self._add(batch, window, of_window, latencies)
        batch.counts.rejected = len(refused)
        batch.skipped = self.decoder.take_skipped()
        batch.rejects = reject_rows(refused)
        for (window, routed), of_side in latencies.items():
            batch.traffic[window].spread(routed, of_side)
        return batch

    def _new(self, events: list[Event], sides: list[Side], batch: Batch, seen: set[Any]) -> Columns:
        """The rows that the batch does not have; adds their keys to it."""
        # A newline inside a JSON string is escaped, so these bytes are only between two rows.
        payloads = self._encode_lines(events)[1:-2].split(b"}\n{")
        days = list(map(_day, payloads))
        names = _identities(events, payloads)
        if (identify := self._identity) is not None:
            pairs = zip(events, names, strict=True)
            # An empty id identifies nothing: all fields do.
            names = [name if e.rid == "" else self._encode(identify(e)) for e, name in pairs]
        keys = list(map(xxh3_64_intdigest, names))
        marks = keys if identify is None else list(zip(days, keys, strict=True))
        add = seen.add
        are_new = [mark not in seen and not add(mark) for mark in marks]
        columns: Columns = (events, sides, payloads, keys)
        if not all(are_new):
            columns = tuple([*compress(column, are_new)] for column in columns)
            days = list(compress(days, are_new))
            batch.counts.duplicates += are_new.count(False)
        keys = columns[-1]
        batch.counts.accepted += len(keys)
        if days and days.count(days[0]) == len(days):
            batch.keys.setdefault(days[0].decode(), []).extend(keys)
        else:
            for day, key in zip(days, keys, strict=True):
                batch.keys.setdefault(day.decode(), []).append(key)
        return columns

    def _by_window(self, columns: Columns) -> Iterable[tuple[str, Columns]]:
        """The rows by window, the empty name for those of none. Most often there is one."""
        moments = [event.ts for event in columns[0]]
        common = self._steps.common(min(moments), max(moments)) if moments else (None,)
        if common is not None:
            return ((common[0] or "", columns),)
        indexes: dict[str, list[int]] = {}
        for n, moment in enumerate(moments):
            indexes.setdefault(self._steps.at(moment) or "", []).append(n)
        return [
            (window, tuple([column[n] for n in of_window] for column in columns))
            for window, of_window in indexes.items()
        ]

    def _add(
        self,
        batch: Batch,
        window: str,
        columns: Columns,
        latencies: dict[tuple[str, bool], list[float | None]],
    ) -> None:
        events, sides, payloads, keys = columns
        if not events:
            return
        lines = self._stamp.lines(keys, payloads, [side.text for side in sides])
        moments = [event.ts for event in events]
        block = Block(lines, keys, [moment.timestamp() for moment in moments])
        batch.blocks.setdefault(window, []).append(block)
        traffic = batch.traffic.setdefault(window, Traffic())
        add_pace(traffic.pace, events)
        traffic.reach(moments)
        alike: dict[Side, list[Event]] = {}
        for side, event in zip(sides, events, strict=True):
            alike.setdefault(side, []).append(event)
        for side, same in alike.items():
            traffic.count(side.group, same)
            of_side = latencies.setdefault((window, side.group[0]), [])
            of_side += [event.latency_ms for event in same]
