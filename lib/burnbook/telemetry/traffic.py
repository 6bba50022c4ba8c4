"""The traffic of one window: sums by side, health, lane, model and kind of error, the exact
distribution of latencies (counts by value), and tokens by ten minutes.
"""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

import msgspec

BUCKET = 600  # seconds
_FEW = 4096
_ALIKE = attrgetter("routed", "ok", "lane", "model", "status")
_MOMENT = attrgetter("ts")

N = TypeVar("N", int, float)
Group = tuple[bool, bool, str | None, str | None, str | None]  # routed, ok, lane, model, kind


class Sums(msgspec.Struct, array_like=True):
    """One group of requests, and the tokens that they report; cached ones are part of the input."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0

    @property
    def new_tokens(self) -> int:
        """All tokens but those that a cache served."""
        return self.input_tokens - self.cached_tokens + self.output_tokens

    def add(self, other: "Sums", sign: int = 1) -> None:
        """Add other sums to these; subtract them with sign -1."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + sign * getattr(other, name))


class Traffic(msgspec.Struct):
    """The requests of one window. `routed` and `baseline` count the requests of each latency."""

    groups: dict[Group, Sums] = {}
    routed: dict[float, int] = {}
    baseline: dict[float, int] = {}
    first: datetime | None = None
    last: datetime | None = None
    pace: dict[int, int] = {}  # new tokens by ten minutes: epoch seconds // BUCKET

    def add(self, rows: Sequence[Any]) -> None:
        """Add rows of `ProxyRequest`, or of its own fields."""
        alike: defaultdict[Any, list[Any]] = defaultdict(list)
        for key, row in zip(map(_ALIKE, rows), rows, strict=True):
            alike[key].append(row)
        self.add_groups(rows, chain.from_iterable(map(_groups, alike.values())))

    def add_groups(self, rows: Sequence[Any], groups: Iterable[tuple[Group, list[Any]]]) -> None:
        """Add rows, which are those of these groups. A group may come several times."""
        add_pace(self.pace, rows)
        self.reach([row.ts for row in rows])
        sides: tuple[list[float], list[float]] = ([], [])
        for group, of_group in groups:
            self._count(group, of_group)
            sides[group[0]].extend([r.latency_ms for r in of_group if r.latency_ms is not None])
        add_counts(self.baseline, Counter(sides[False]))
        add_counts(self.routed, Counter(sides[True]))

    def _count(self, group: Group, rows: Sequence[Any]) -> None:
        """Add the sums of rows of one group."""
        sums = self.groups.setdefault(group, Sums())
        sums.requests += len(rows)
        sums.input_tokens += sum([row.input_tokens or 0 for row in rows])
        sums.output_tokens += sum([row.output_tokens or 0 for row in rows])
        sums.cached_tokens += sum([_cached(row) for row in rows if row.cached_input_tokens])

    def reach(self, moments: Sequence[datetime]) -> None:
        """Add the moments of rows."""
        if moments:
            self.first = min(filter(None, (self.first, min(moments))))
            self.last = max(filter(None, (self.last, max(moments))))

    def merge(self, other: "Traffic") -> None:
        """Add another traffic: the sum is the same in any order."""
        for key, sums in other.groups.items():
            self.groups.setdefault(key, Sums()).add(sums)
        add_counts(self.routed, other.routed)
        add_counts(self.baseline, other.baseline)
        self.reach([moment for moment in (other.first, other.last) if moment is not None])
        add_counts(self.pace, other.pace)

    def subtract(self, other: "Traffic") -> None:
        """Subtract the rows of another traffic, which are a part of this one's; `first` and `last`
        stay.
        """
        for key, sums in other.groups.items():
            own = self.groups[key]
            own.add(sums, -1)
            if not own.requests:
                del self.groups[key]
        _subtract(self.routed, other.routed)
        _subtract(self.baseline, other.baseline)
        _subtract(self.pace, other.pace)


def add_pace(pace: dict[int, int], events: Sequence[Any]) -> None:
    """Count the new tokens of events into the ten minutes in which each happened.

    All events of ten minutes are summed at once: a fifth of the time of a look at each event's
    clock. Events mostly come in order, so that the sort has little to do.
    """
    events = sorted(events, key=_MOMENT)
    start = 0
    while start < len(events):
        bucket = int(events[start].ts.timestamp() // BUCKET)
        edge = datetime.fromtimestamp((bucket + 1) * BUCKET, UTC)
        end = bisect_left(events, edge, start, key=_MOMENT)
        part, start = events[start:end], end
        tokens = sum([(e.input_tokens or 0) + (e.output_tokens or 0) for e in part])
        tokens -= sum([_cached(event) for event in part if event.cached_input_tokens])
        if tokens:
            pace[bucket] = pace.get(bucket, 0) + tokens


def _cached(row: Any) -> int:
    """The cached part of a request's input. A log may state more than the input."""
    return int(min(row.cached_input_tokens, row.input_tokens or 0))


def group_of(row: Any) -> Group:
    """The group of a row. An error's kind is what the feed calls it, else the status."""
    kind = None if row.ok else str((row.extra or {}).get("err_type") or row.status)
    return row.routed, row.ok, row.lane, row.model, kind


def add_counts(counts: dict[N, int], others: Mapping[N, int]) -> None:
    """Add the counts of the same values."""
    get = counts.get
    for value, count in others.items():
        counts[value] = get(value, 0) + count


def _subtract(counts: dict[N, int], others: Mapping[N, int]) -> None:
    add_counts(counts, {value: -count for value, count in others.items()})
    for value in others:
        if not counts[value]:
            del counts[value]


def _groups(rows: list[Any]) -> Iterable[tuple[Group, list[Any]]]:
    """Rows that are alike by their groups, which are several only where there are errors."""
    if rows[0].ok:
        return ((group_of(rows[0]), rows),)
    groups: defaultdict[Group, list[Any]] = defaultdict(list)
    for row in rows:
        groups[group_of(row)].append(row)
    return groups.items()


class Packed(msgspec.Struct, array_like=True):
    """A window's traffic as it is stored and sent, the same for the same figures.

    Latencies are arrays, quick to load. Tokens are text: their sum may exceed 64 bits.
    """

    groups: list[tuple[Any, ...]]  # the fields of `Group` and of `Sums`
    latencies: tuple[bytes, bytes, bytes, bytes]  # of both sides, in order: values and counts
    first: str
    last: str
    pace: tuple[bytes, bytes | str]  # text if a number exceeds 64 bits


def pack(traffic: Traffic) -> Packed:
    """The traffic, which has a request, as a value to store."""
    assert traffic.first is not None
    assert traffic.last is not None
    buckets = sorted(traffic.pace)
    return Packed(
        groups=[
            (*group, sums.requests, *map(str, msgspec.structs.astuple(sums)[1:]))
            for group, sums in sorted(traffic.groups.items(), key=lambda item: str(item[0]))
        ],
        latencies=(*pack_counts(traffic.baseline), *pack_counts(traffic.routed)),
        first=traffic.first.isoformat(),
        last=traffic.last.isoformat(),
        pace=(array("q", buckets).tobytes(), _pack_tokens([traffic.pace[b] for b in buckets])),
    )


def unpack(packed: Packed) -> Traffic:
    """The traffic that was packed."""
    buckets = array("q", packed.pace[0])
    return Traffic(
        groups={
            (bool(routed), bool(ok), lane, model, kind): Sums(*map(int, sums))
            for routed, ok, lane, model, kind, *sums in packed.groups
        },
        baseline=unpack_counts(*packed.latencies[:2]),
        routed=unpack_counts(*packed.latencies[2:]),
        first=datetime.fromisoformat(packed.first),
        last=datetime.fromisoformat(packed.last),
        pace=dict(zip(buckets, _unpack_tokens(packed.pace[1]), strict=True)),
    )


def _pack_tokens(tokens: list[int]) -> bytes | str:
    try:
        return array("Q", tokens).tobytes()
    except OverflowError:
        return " ".join(map(str, tokens))


def _unpack_tokens(tokens: bytes | str) -> Iterable[int]:
    if isinstance(tokens, str):
        return map(int, tokens.split())
    return array("Q", tokens)


def pack_counts(counts: Mapping[float, int]) -> tuple[bytes, bytes]:
    """Values in ascending order, and how many there are of each."""
    ordered = sorted(counts)
    return (
        array("d", ordered).tobytes(),
        array("Q", [counts[value] for value in ordered]).tobytes(),
    )


def merge_counts(values: bytes, counts: bytes, added: Mapping[float, int]) -> tuple[bytes, bytes]:
    """Packed counts with others added. A thousand of them are put in their order in 1 ms."""
    if len(added) > _FEW:
        whole = unpack_counts(values, counts)
        add_counts(whole, added)
        return pack_counts(whole)
    own_values, own_counts = array("d", values), array("Q", counts)
    for value, count in added.items():
        index = bisect_left(own_values, value)
        if index < len(own_values) and own_values[index] == value:
            own_counts[index] += count
        else:
            own_values.insert(index, value)
            own_counts.insert(index, count)
    return own_values.tobytes(), own_counts.tobytes()


def unpack_counts(values: bytes, counts: bytes) -> dict[float, int]:
    """The counts that were packed."""
    return dict(zip(array("d", values), array("Q", counts), strict=True))
