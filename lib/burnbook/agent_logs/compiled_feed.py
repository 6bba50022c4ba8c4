"""What a feed asks of its lines: one struct type for all of it, and where each value stands.

msgspec decodes just these values. A row is the tuple of them, in columns.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import product
from math import prod
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from burnbook.base.errors import Refused
from burnbook.base.json_path import Path, split
from burnbook.config.agent_logs import COUNTS, Better, Fields, LogFeed, Setting, paths
from burnbook.config.feeds import Conditions
from burnbook.jsonl.fields import Shape
from burnbook.jsonl.parse import BLANK, parse
from burnbook.jsonl.timestamps import FIRST, LAST, Moments
from burnbook.rows.meters import Count, Moment, Text

Row = tuple[Any, ...]
_WHOLE = msgspec.Meta(ge=-(2**53), le=2**53)
_ANY = Text | int | float | bool
_USD = float
_FEW = 256  # combinations of conditions
KINDS: dict[str, Any] = {
    **dict.fromkeys(COUNTS, Count),
    **dict.fromkeys(("session", "project", "branch", "model", "request_id", "parent"), Text),
    "is_subagent": bool | Text,
    "usd": _USD,
}


OTHERS = ("session", "project", "branch", "model", "request_id", "is_subagent", "usd")


class Test:
    """Conditions on a row: some values at some columns."""

    def __init__(self, columns: Sequence[tuple[int, frozenset[Any]]]) -> None:
        self.columns = tuple(columns)
        # Every combination that is right, where there are few: one look tells.
        values = [wanted for _, wanted in columns]
        self._are_few = bool(columns) and prod(map(len, values)) <= _FEW
        if self._are_few:
            self._get = itemgetter(*(at for at, _ in columns))
            self._right = frozenset(product(*values) if len(columns) > 1 else values[0])

    def combinations(self) -> frozenset[Row] | None:
        """Every combination of values that meets all of it; None where there are too many."""
        if not self._are_few:
            return None
        return frozenset(product(*(wanted for _, wanted in self.columns)))

    def all(self, row: Row) -> bool:
        """Whether every one is met."""
        if self._are_few:
            return self._get(row) in self._right
        return all(row[at] in wanted for at, wanted in self.columns)

    def any(self, row: Row) -> bool:
        """Whether one is met."""
        for at, wanted in self.columns:  # noqa: SIM110 - a generator costs twice as much
            if row[at] in wanted:
                return True
        return False


class Values:
    """Where the fields of one table stand: the columns of each, in the order they are tried."""

    def __init__(self, columns: dict[str, tuple[int, ...]]) -> None:
        self.columns = columns
        # Behind all columns there is one that is always null.
        self._first = itemgetter(*(found[0] if found else -1 for found in columns.values()))
        self._others = [(n, found[1:]) for n, found in enumerate(columns.values()) if found[1:]]

    def pick(self, row: Row) -> tuple[Any, ...]:
        """Each field, in the order of its table: the first value that is there, or None."""
        picked: tuple[Any, ...] = self._first(row)
        for at, others in self._others:
            if picked[at] is None:
                found = next((row[other] for other in others if row[other] is not None), None)
                picked = (*picked[:at], found, *picked[at + 1 :])
        return picked


class Asked(NamedTuple):
    """The lines of one kind: their test, and their fields."""

    test: Test
    values: Values
    identity: tuple[int, ...] = ()
    setting: Setting | None = None


class Lines:
    """A feed's lines, compiled. `read` gives the row of one, and Refused where it is no use."""

    def __init__(self, feed: LogFeed) -> None:
        self.feed = feed
        self.moments = Moments(feed.ts.kinds)
        self.is_moment = "iso" in feed.ts.kinds
        ts = Moment if self.is_moment else str | int | float
        self.requests, self.never, self.settings, self.better, shape, quick = _compile(feed, ts)
        decoder = msgspec.json.Decoder(quick[0])
        self.get, self._quick, self._quick_lines = quick[1], decoder.decode, decoder.decode_lines
        slow = _compile(feed, str | int | float, Any)[5]
        self._slow = slow[0]
        self.meters: int | None = quick[2]
        self.kinds = [self.requests, *self.settings, *([self.better] if self.better else [])]
        self._asked = _only(feed)
        # The counts that the feed has: one column each, and how they are spread over all seven.
        columns = [self.requests.values.columns[name] for name in COUNTS]
        had = [found[0] for found in columns if found]
        ts = self.requests.values.columns["ts"]
        self.is_plain = (
            all(len(found) < 2 for found in (*columns, ts)) and len(had) > 1 and ts != ()
        )
        self.ts_at = ts[0] if ts else 0
        others = [self.requests.values.columns[name] for name in OTHERS]
        self.others_at = [at for found in others for at in found]
        self.sums = itemgetter(*had)
        places = [had.index(found[0]) + 1 if found else 0 for found in columns]
        self.spread = itemgetter(*places)
        self.has_never = bool(self.never.columns)
        self.getter = shape.getter

    def told(self, data: bytearray, hits: Sequence[tuple[int, int]]) -> list[Any] | None:
        """Some lines of a buffer, decoded: `get` gives the row of each.

        None where one of them has to be looked at alone.
        """
        with memoryview(data) as view:
            together = b"\n".join([view[start:stop] for start, stop in hits])
        try:
            found: list[Any] = self._quick_lines(together)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        # Two broken lines might make a whole value; then there are fewer of them.
        return found if len(found) == len(hits) else None

    def read(self, line: bytes) -> Row | None:
        """The row of a line; None for one that is none of the feed's. Raises Refused."""
        try:
            row: Row = self.get(self._quick(line))
            return row
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._exactly(parse(line))

    def convert(self, item: Any) -> Row | None:
        """The row of what is decoded already."""
        return self._exactly(item)

    def bare(self, whole: dict[str, Any]) -> Row | None:
        """The row of a document's own values, around its items; None where they do not fit."""
        try:
            row: Row = self.get(msgspec.convert(whole, self._slow))
            return row
        except msgspec.ValidationError:
            return None

    def _exactly(self, found: Any) -> Row | None:
        if found is BLANK or type(found) is not dict:
            return None
        if not self._concerned(found):
            return None
        try:
            row = list(self.get(msgspec.convert(found, self._slow)))
        except msgspec.ValidationError as error:
            raise Refused(_said(str(error))) from None
        for at in {at for kind in self.kinds for at in kind.values.columns.get("ts", ())}:
            if isinstance(row[at], str | int | float):
                row[at] = self.moments.read(row[at])
        return tuple(row)

    def _concerned(self, found: Any) -> bool:
        """Whether an object is of a kind that the feed asks for, whatever else is in it."""
        line, get, tests, never = self._asked
        try:
            row = get(msgspec.convert(found, line))
        except msgspec.ValidationError:
            return True
        return any(test.all(row) for test in tests) and not never.any(row)

    def moment(self, ts: Any) -> datetime:
        """A time of a row. Raises Refused."""
        if type(ts) is datetime:
            if ts.tzinfo is UTC and FIRST <= ts.year <= LAST:
                return ts
            ts = ts.isoformat()
        if ts is None:
            raise Refused("ts is missing")
        return self.moments.read(ts)


def _compile(
    feed: LogFeed, ts: Any, meters: Any = msgspec.Raw
) -> tuple[Asked, Test, list[Asked], Asked | None, Shape, Any]:
    shape = Shape(lenient=True)
    kinds = {**KINDS, "ts": ts}

    def values(table: Fields | Setting) -> Values:
        names = [name for name in table.__struct_fields__ if name in kinds]
        told = {name: paths(getattr(table, name)) for name in names}
        return Values({n: tuple(shape.shared(p, kinds[n]) for p in told[n]) for n in names})

    def asked(table: Setting | Better, fields: Fields | Setting) -> Asked:
        setting = table if isinstance(table, Setting) else None
        test = Test(_conditions(shape, table.only))
        identity = () if setting else _identity(shape, table.identity)  # type: ignore[union-attr]
        return Asked(test, values(fields), identity, setting)

    fields = values(feed.fields)
    test = Test(_conditions(shape, feed.requests.only))
    requests = Asked(test, fields, _identity(shape, feed.identity))
    never = Test(_conditions(shape, feed.requests.never))
    settings = [asked(setting, setting) for setting in feed.settings.values()]
    better = asked(feed.better, feed.better.fields) if feed.better else None
    place = shape.column(split(feed.meters), meters) if feed.meters else None
    return requests, never, settings, better, shape, (*shape.build(), place)


def _only(feed: LogFeed) -> tuple[Any, Callable[[Any], Row], list[Test], Test]:
    shape = Shape(lenient=True)
    said = [feed.requests.only, *(setting.only for setting in feed.settings.values())]
    said += [feed.better.only] if feed.better else []
    tests = [Test(_conditions(shape, only)) for only in said]
    never = Test(_conditions(shape, feed.requests.never))
    return *shape.build(), tests, never


def _conditions(shape: Shape, said: Conditions) -> list[tuple[int, frozenset[Any]]]:
    found = [(shape.shared(split(path), _ANY), values) for path, values in said.items()]
    return [(at, frozenset(values)) for at, values in found]


def _identity(shape: Shape, said: Sequence[str]) -> tuple[int, ...]:
    found: list[Path] = [split(path) for path in said]
    return tuple(shape.shared(path, _ANY) for path in found)


def _said(fact: str) -> str:
    text, _, place = fact.partition(" - at `$")
    where = place.rstrip("`").lstrip(".")
    return (f"{where}: " if where else "") + text[:1].lower() + text[1:]
