"""Data points of metrics that were measured together, as one record with all of their sums.

A counter of tokens has a point for each kind of token, with the kind as the attribute `type`, and
the counter of costs has one beside them. Points with the same other attributes and time belong
together.

With delta temporality, a point has what was used since the one before. With cumulative temporality,
it has everything since the counter started, so the last point of a series counts; a counter that
was restarted has another start and is another series.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from xxhash import xxh3_64_hexdigest

_TYPE = "type"


class Point(NamedTuple):
    """A data point; times in nanoseconds since 1970, `amount` is null where it has none."""

    name: str
    kind: str
    is_cumulative: bool
    start: int | None
    end: int | None
    attributes: dict[str, Any]
    amount: Any


class Group(NamedTuple):
    """Points that belong together.

    `sums`: for each counter the amount, or the amounts by type. `series` identifies the points that
    the last one of a series replaces. `nanos`: the time of the first measurement.
    """

    name: str
    kind: str
    nanos: int | None
    attributes: dict[str, Any]
    sums: dict[str, Any]
    series: str


def grouped(points: Iterable[Point]) -> Iterator[Group]:
    """The points of one batch in groups."""
    groups: dict[str, list[Point]] = {}
    for point in points:
        others = {key: each for key, each in point.attributes.items() if key != _TYPE}
        key = [point.kind, point.is_cumulative, point.end, sorted(others.items())]
        groups.setdefault(msgspec.json.encode(key).decode(), []).append(point)
    for members in groups.values():
        yield _group(members)


def _group(members: list[Point]) -> Group:
    first = members[0]
    attributes = {key: each for key, each in first.attributes.items() if key != _TYPE}
    sums: dict[str, Any] = {}
    for point in members:
        kind = point.attributes.get(_TYPE)
        if isinstance(kind, str):
            of_counter = sums.setdefault(point.name, {})
            if isinstance(of_counter, dict):
                of_counter[kind] = point.amount
        else:
            sums.setdefault(point.name, point.amount)
    tokens = [point for point in members if "token" in point.name] or members
    start = min((point.start for point in tokens if point.start is not None), default=None)
    # The kinds of a cumulative counter may have started one after another.
    when = [start, None] if first.is_cumulative else [start, first.end]
    series = msgspec.json.encode([*when, first.kind, sorted(attributes.items())])
    name = tokens[0].name
    return Group(name, first.kind, first.end, attributes, sums, xxh3_64_hexdigest(series))
