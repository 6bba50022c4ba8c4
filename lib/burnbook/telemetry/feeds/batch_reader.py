"""Makes batches of the lines of one feed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import compress
from operator import attrgetter, itemgetter
from typing import Any

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.book.bulk_codec import Stamp
from burnbook.book.rejects import reject_rows
from burnbook.config.feeds import IDENTITY
from burnbook.jsonl.chunks import Chunk
from burnbook.store.membership import Membership, Steps
from burnbook.telemetry.feeds.batch import Batch, Block, Counts
from burnbook.telemetry.feeds.decoder import Decoder, Event, Side
from burnbook.telemetry.traffic import Traffic

_TOGETHER = 512  # lines at a time: their rows stay in the processor's cache
_SEEN = 1 << 17  # keys of earlier chunks that are kept: 12 MB
_day = itemgetter(slice(6, 16))  # of a payload, which begins with its `ts`
_text = attrgetter("text")

# Aligned: events, their sides, the text of what their lines report, and keys.
Columns = tuple[list[Any], ...]


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
        self._seen: set[Any] = set()

    def read(self, chunk: Chunk) -> Batch:
        """The rows of lines, without those that are in the last chunks as well."""
        lines = chunk.lines
        batch = Batch(Counts())
        refused: list[tuple[int, str, bytes]] = []
        waiting: dict[str, tuple[list[Event], list[Side]]] = {}
        if len(self._seen) > _SEEN:
            self._seen = set()
        for start in range(0, len(lines), _TOGETHER):
            part = lines[start : start + _TOGETHER]
            events, sides, rejected, ignored = self.decoder.parted(part)
            refused += [(chunk.number_of(start + n), reason, part[n]) for n, reason in rejected]
            batch.counts.ignored += ignored
            if events:
                columns = self._new(events, sides, batch)
                for window, of_window in self._by_window(columns):
                    self._add(batch, window, of_window)
                    of_events, of_sides = waiting.setdefault(window, ([], []))
                    of_events += of_window[0]
                    of_sides += of_window[1]
        for window, (events, sides) in waiting.items():
            _sum(batch.traffic.setdefault(window, Traffic()), events, sides)
        batch.counts.rejected = len(refused)
        batch.skipped = self.decoder.take_skipped()
        batch.rejects = reject_rows(refused)
        return batch

    def _new(self, events: list[Event], sides: list[Side], batch: Batch) -> Columns:
        """The rows that are new; adds their keys to the batch."""
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
        columns: Columns = (events, sides, payloads, keys)
        new, seen = set(marks), self._seen
        if len(new) == len(marks) and seen.isdisjoint(new):
            seen |= new
        else:
            add = seen.add
            are_new = [mark not in seen and not add(mark) for mark in marks]
            columns = tuple([*compress(column, are_new)] for column in columns)
            days = list(compress(days, are_new))
            batch.counts.duplicates += are_new.count(False)
        keys = columns[-1]
        batch.counts.accepted += len(keys)
        if days and days.count(days[0]) == len(days):
            batch.keys.setdefault(days[0].decode(), []).extend(keys)
        else:
            by_day = defaultdict(list)
            for day, key in zip(days, keys, strict=True):
                by_day[day].append(key)
            for day, of_day in by_day.items():
                batch.keys.setdefault(day.decode(), []).extend(of_day)
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

    def _add(self, batch: Batch, window: str, columns: Columns) -> None:
        events, sides, payloads, keys = columns
        if events:
            lines = self._stamp.lines(keys, payloads, map(_text, sides))
            moments = [event.ts for event in events]
            block = Block(lines, keys, min(moments), max(moments))
            batch.blocks.setdefault(window, []).append(block)


def _sum(traffic: Traffic, events: Sequence[Event], sides: Sequence[Side]) -> None:
    """Add the sums of events of one window."""
    alike: defaultdict[Side, list[Event]] = defaultdict(list)
    for side, event in zip(sides, events, strict=True):
        alike[side].append(event)
    traffic.add_groups(events, ((side.group, same) for side, same in alike.items()))


def _identities(events: list[Event], payloads: list[bytes]) -> list[bytes]:
    """Payloads without the last fields, which are no part of a row's identity."""
    if Event not in set(map(type, events)):
        return payloads  # the quick path leaves lines with these fields to the exact one
    # Quotes inside text are escaped, so these are the fields.
    start = [payload.partition(b',"usd":')[0] for payload in payloads]
    return [payload.partition(b',"cache_write_1h_tokens":')[0] for payload in start]
