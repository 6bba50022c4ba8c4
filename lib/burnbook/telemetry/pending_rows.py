"""The rows made of one chunk, until they are booked: lines in blocks, and what they add up to.

Events are let go as soon as their line is made and their numbers are in the sums.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from itertools import compress
from typing import Any

from burnbook.book import codec
from burnbook.book.bulk_codec import Stamp
from burnbook.book.key_index import Keys
from burnbook.telemetry.decoder import Event, Side
from burnbook.telemetry.traffic import Traffic, add_pace

JOURNAL = "proxy_telemetry"

# Aligned: events, their sides, what their lines say, keys, and the days of their `ts`.
Columns = tuple[list[Any], ...]


class Made:
    """Rows of one chunk, each once. `keys` has those of each day.

    `whole`: a key is made from everything that a line says, so that it tells the day as well.
    """

    def __init__(self, agent: str, feed: str, *, whole: bool) -> None:
        self.agent, self.feed, self.whole = agent, feed, whole
        self.keys: defaultdict[bytes, list[int]] = defaultdict(list)
        self._seen: set[Any] = set()
        self._windows: dict[str, _Window] = {}

    def unseen(self, keys: list[int], days: list[bytes], index: Keys) -> list[bool]:
        """Which of these rows are new, as far as this chunk and the index's memory know."""
        some = {days[0]: keys}
        if days.count(days[0]) < len(days):
            some = defaultdict(list)
            for day, key in zip(days, keys, strict=True):
                some[day].append(key)
        seen = self._seen
        for day, own in some.items():
            known = index.peek(day.decode(), own)
            seen |= known if self.whole else {(day, key) for key in known}
        marks = keys if self.whole else list(zip(days, keys, strict=True))
        add = seen.add
        return [mark not in seen and not add(mark) for mark in marks]

    def add(
        self,
        window: str,
        events: list[Event],
        sides: list[Side],
        payloads: list[bytes],
        keys: list[int],
        days: list[bytes],
    ) -> None:
        """Take rows of a window in."""
        if window not in self._windows:
            stamp = Stamp("t", self.agent, window or None, self.feed)
            self._windows[window] = _Window(stamp)
        self._windows[window].add(events, sides, payloads, keys)
        self._windows[window].days += days
        if days and days.count(days[0]) == len(days):
            self.keys[days[0]] += keys
        else:
            for day, key in zip(days, keys, strict=True):
                self.keys[day].append(key)

    def leave_out(self, known: Mapping[bytes, Set[int]]) -> list[bytes]:
        """Drop the rows with these keys of a day, and give their lines."""
        left = [line for one in self._windows.values() for line in one.leave_out(known)]
        for day, keys in known.items():
            self.keys[day] = [key for key in self.keys[day] if key not in keys]
            if not self.keys[day]:
                del self.keys[day]
        return left

    def blocks(self) -> list[bytes]:
        """All lines."""
        return [block for one in self._windows.values() for block in one.blocks if block]

    def fold(self, traffic: Mapping[str, Traffic], left: Sequence[bytes]) -> None:
        """Take the rows into the traffic by window; `left` are lines that were left out."""
        for window, one in self._windows.items():
            one.fold(traffic[window])
        for line in left:
            row = codec.decode(JOURNAL, line)
            traffic[row.window or ""].uncount(row)


class _Window:
    """The rows of one window, aligned: key, day, moment, and line in some blocks of lines."""

    def __init__(self, stamp: Stamp) -> None:
        self.stamp = stamp
        self.keys: list[int] = []
        self.days: list[bytes] = []
        self.moments: list[datetime] = []
        self.blocks: list[bytes] = []
        self.sums = Traffic()
        self.latencies: tuple[list[float | None], list[float | None]] = ([], [])

    def add(
        self, events: list[Event], sides: list[Side], payloads: list[bytes], keys: list[int]
    ) -> None:
        self.keys += keys
        add_pace(self.sums.pace, events)
        self.moments += [event.ts for event in events]
        self.blocks.append(self.stamp.lines(keys, payloads, [side.text for side in sides]))
        alike: defaultdict[Side, list[Event]] = defaultdict(list)
        for side, event in zip(sides, events, strict=True):
            alike[side].append(event)
        for side, some in alike.items():
            self.sums.count(side.group, some)
            self.latencies[side.group[0]].extend([event.latency_ms for event in some])

    def leave_out(self, known: Mapping[bytes, Set[int]]) -> list[bytes]:
        days = zip(self.keys, self.days, strict=True)
        new = [key not in known.get(day, ()) for key, day in days]
        left: list[bytes] = []
        start = 0
        for at, block in enumerate(self.blocks):
            count = block.count(b"\n")
            flags = new[start : start + count]
            start += count
            if not all(flags):
                lines = block.splitlines(keepends=True)
                self.blocks[at] = b"".join(compress(lines, flags))
                left += [line for line, is_new in zip(lines, flags, strict=True) if not is_new]
        self.moments = list(compress(self.moments, new))
        return left

    def fold(self, traffic: Traffic) -> None:
        traffic.take(self.sums)
        for routed, latencies in enumerate(self.latencies):
            traffic.spread(bool(routed), latencies)
        traffic.reach(self.moments)
