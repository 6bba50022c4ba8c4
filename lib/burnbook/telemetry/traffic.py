"""The traffic of each window, as a fold of proxy_telemetry.jsonl.

Sums by side, health, lane, model and kind of error, and the exact distribution of latencies: counts
by value, and tokens by ten minutes. Windows stay packed until one is asked for.
"""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, ClassVar

import msgspec

from burnbook.rows.meters import NewerRow, ProxyRequest
from burnbook.rows.skipped import Passed

_SHARED = attrgetter("routed", "ok", "lane", "model", "status")
_TOGETHER = 4096
_MOMENT = attrgetter("ts")
BUCKET = 600  # seconds

Group = tuple[bool, bool, str | None, str | None, str | None]  # routed, ok, lane, model, kind


class Sums(msgspec.Struct, array_like=True):
    """One group of requests: how many, and their tokens where they are told."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def take(self, other: "Sums") -> None:
        """Add another's."""
        self.requests += other.requests
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens


class Traffic(msgspec.Struct):
    """One window. `groups` by side, health, lane, model and kind of error; latencies by side."""

    groups: dict[Group, Sums] = {}
    routed: Counter[float] = msgspec.field(default_factory=Counter)
    baseline: Counter[float] = msgspec.field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    pace: dict[int, int] = {}  # tokens by ten minutes: epoch seconds // BUCKET

    def add(self, rows: Iterable[Any]) -> None:
        """Take rows in: of `ProxyRequest`, or of its own fields."""
        alike: defaultdict[Any, list[Any]] = defaultdict(list)
        rows = list(rows)
        add_pace(self.pace, rows)
        for row in rows:
            alike[_SHARED(row)].append(row)
        for some in alike.values():
            for group, same in _groups(some):
                self.count(group, same)
            self.spread(some[0].routed, [row.latency_ms for row in some])
            self.reach([row.ts for row in some])

    def count(self, group: Group, rows: Sequence[Any]) -> None:
        """Take the sums of rows of one group in."""
        sums = self.groups.setdefault(group, Sums())
        sums.requests += len(rows)
        sums.input_tokens += sum([row.input_tokens or 0 for row in rows])
        sums.output_tokens += sum([row.output_tokens or 0 for row in rows])

    def spread(self, routed: bool, latencies: list[float | None]) -> None:
        """Take the latencies of rows of one side in."""
        counts = self.routed if routed else self.baseline
        counts.update([latency for latency in latencies if latency is not None])

    def reach(self, moments: Sequence[datetime]) -> None:
        """Take the moments of rows in."""
        if moments:
            self.first = min(filter(None, (self.first, min(moments))))
            self.last = max(filter(None, (self.last, max(moments))))

    def uncount(self, row: Any) -> None:
        """Take back what `count`, `spread` and the pace took of a row."""
        group = group_of(row)
        sums = self.groups[group]
        sums.requests -= 1
        sums.input_tokens -= row.input_tokens or 0
        sums.output_tokens -= row.output_tokens or 0
        if not sums.requests:
            del self.groups[group]
        bucket = int(row.ts.timestamp() // BUCKET)
        if tokens := (row.input_tokens or 0) + (row.output_tokens or 0):
            self.pace[bucket] -= tokens
            if not self.pace[bucket]:
                del self.pace[bucket]
        counts = self.routed if row.routed else self.baseline
        if row.latency_ms is not None:
            counts[row.latency_ms] -= 1
            if not counts[row.latency_ms]:
                del counts[row.latency_ms]

    def take(self, other: "Traffic") -> None:
        """Add another's: the sum is the same in any order."""
        for key, sums in other.groups.items():
            self.groups.setdefault(key, Sums()).take(sums)
        self.routed.update(other.routed)
        self.baseline.update(other.baseline)
        self.first = min((m for m in (self.first, other.first) if m), default=None)
        self.last = max((m for m in (self.last, other.last) if m), default=None)
        for bucket, tokens in other.pace.items():
            self.pace[bucket] = self.pace.get(bucket, 0) + tokens


def add_pace(pace: dict[int, int], events: Sequence[Any]) -> None:
    """Count the tokens of events into the ten minutes in which each happened.

    A stretch of ten minutes is found by its ends and summed at once: a fifth of the time of a look
    at each event's clock. Events mostly come in order, so that the sort only looks.
    """
    events = sorted(events, key=_MOMENT)
    start = 0
    while start < len(events):
        bucket = int(events[start].ts.timestamp() // BUCKET)
        edge = datetime.fromtimestamp((bucket + 1) * BUCKET, UTC)
        end = bisect_left(events, edge, start, key=_MOMENT)
        tokens = sum([(e.input_tokens or 0) + (e.output_tokens or 0) for e in events[start:end]])
        if tokens:
            pace[bucket] = pace.get(bucket, 0) + tokens
        start = end


def group_of(row: Any) -> Group:
    """The group of a row. An error's kind is what the feed calls it, else the status."""
    kind = None if row.ok else str((row.extra or {}).get("err_type") or row.status)
    return row.routed, row.ok, row.lane, row.model, kind


def _groups(rows: list[Any]) -> Iterable[tuple[Group, list[Any]]]:
    """Rows that are alike by their groups, which are several only where there are errors."""
    if rows[0].ok:
        return ((group_of(rows[0]), rows),)
    found: defaultdict[Group, list[Any]] = defaultdict(list)
    for row in rows:
        found[group_of(row)].append(row)
    return found.items()


class Packed(msgspec.Struct, array_like=True):
    """A window's traffic as it is kept: latencies as two arrays a side, quick to load."""

    groups: list[tuple[Group, Sums]]
    routed: tuple[bytes, bytes]
    baseline: tuple[bytes, bytes]
    first: datetime | None
    last: datetime | None
    pace: dict[int, int]


class Telemetry(Passed, msgspec.Struct, dict=True):
    """The traffic of every window; what belongs to none is under the empty name."""

    packed: dict[str, bytes] = {}

    shape: ClassVar[int] = 2

    def add(self, row: ProxyRequest | NewerRow | None, offset: int, length: int) -> None:
        """Take the journal's next row in; None is a line that does not hold."""
        if row is None or isinstance(row, NewerRow):
            self.miss(row)
            return
        waiting: dict[str, list[ProxyRequest]] = self.__dict__.setdefault("waiting", {})
        rows = waiting.setdefault(row.window or "", [])
        rows.append(row)
        if len(rows) >= _TOGETHER:  # sums are made many rows at a time: it is three times quicker
            self.window(row.window or "")

    def window(self, name: str) -> Traffic:
        """One window's traffic, empty where there is none."""
        opened: dict[str, Traffic] = self.__dict__.setdefault("opened", {})
        if name not in opened:
            packed = self.packed.get(name)
            opened[name] = unpack(packed) if packed else Traffic()
        rows = self.__dict__.get("waiting", {}).pop(name, ())
        opened[name].add(rows)
        return opened[name]

    def pack(self) -> None:
        """Make what was opened part of what is encoded."""
        for name in list(self.__dict__.get("waiting", ())):
            self.window(name)
        for name, traffic in self.__dict__.get("opened", {}).items():
            if traffic.groups:
                self.packed[name] = pack(traffic)


def pack(traffic: Traffic) -> bytes:
    """The traffic as bytes, the same for the same figures."""
    return msgspec.msgpack.encode(
        Packed(
            groups=sorted(traffic.groups.items(), key=lambda item: str(item[0])),
            routed=_pack_counts(traffic.routed),
            baseline=_pack_counts(traffic.baseline),
            first=traffic.first,
            last=traffic.last,
            pace=dict(sorted(traffic.pace.items())),
        )
    )


def unpack(data: bytes) -> Traffic:
    """What `pack` made."""
    packed = msgspec.msgpack.decode(data, type=Packed)
    return Traffic(
        groups=dict(packed.groups),
        routed=_unpack_counts(packed.routed),
        baseline=_unpack_counts(packed.baseline),
        first=packed.first and packed.first.astimezone(UTC),
        last=packed.last and packed.last.astimezone(UTC),
        pace=packed.pace,
    )


def _pack_counts(counts: dict[float, int]) -> tuple[bytes, bytes]:
    ordered = sorted(counts)
    return (
        array("d", ordered).tobytes(),
        array("Q", [counts[value] for value in ordered]).tobytes(),
    )


def _unpack_counts(packed: tuple[bytes, bytes]) -> Counter[float]:
    values, counts = array("d"), array("Q")
    values.frombytes(packed[0])
    counts.frombytes(packed[1])
    return Counter(dict(zip(values, counts, strict=True)))
