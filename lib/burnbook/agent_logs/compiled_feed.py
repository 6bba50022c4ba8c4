"""A feed of agents' logs, compiled: the struct type of its lines, and the column of each value.

msgspec decodes these values and no others. A row is the tuple of them, in columns.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from burnbook.base.errors import Refused
from burnbook.base.json_path import split
from burnbook.config.agent_logs import COUNTS, Better, Fields, History, LogFeed, Setting, paths
from burnbook.jsonl.conditions import Conditions, compile_conditions
from burnbook.jsonl.fields import ABSENT, Shape
from burnbook.jsonl.parse import BLANK, parse
from burnbook.jsonl.timestamps import FIRST, LAST, Moments
from burnbook.rows.meters import Count, Moment, Text

Row = tuple[Any, ...]
_ANY = Text | int | float | bool
_NUMBER_OR_TEXT = str | int | float
_KINDS: dict[str, Any] = {
    **dict.fromkeys(COUNTS, Count),
    **dict.fromkeys(("session", "project", "branch", "model", "request_id", "parent"), Text),
    "is_subagent": bool | Text,
    "usd": float,
    **dict.fromkeys(("started", "forked_from"), Text),
    **dict.fromkeys(("base", "turn", "turn_started"), Any),
}
_OTHERS = ("session", "project", "branch", "model", "request_id", "is_subagent", "usd")


class FieldColumns:
    """The columns of each field of a table, in the order in which they are tried."""

    def __init__(self, columns: dict[str, tuple[int, ...]]) -> None:
        self.columns = columns
        # Behind all columns there is one that is always null.
        self._first = itemgetter(*(tried[0] if tried else -1 for tried in columns.values()))
        self._others = [(n, tried[1:]) for n, tried in enumerate(columns.values()) if tried[1:]]

    def pick(self, row: Row) -> tuple[Any, ...]:
        """The fields in the order of the table: the first value that is not null, or None."""
        picked: tuple[Any, ...] = self._first(row)
        for n, others in self._others:
            if picked[n] is None:
                value = next((row[other] for other in others if row[other] is not None), None)
                picked = (*picked[:n], value, *picked[n + 1 :])
        return picked


class LineKind(NamedTuple):
    """Lines of one kind: their conditions and fields. `first_only`: the first line of a file."""

    only: Conditions
    fields: FieldColumns
    identity: tuple[int, ...] = ()
    first_only: bool = False


class _Compiled(NamedTuple):
    requests: LineKind
    never: Conditions
    settings: list[LineKind]
    better: LineKind | None
    history: LineKind | None
    line: Any  # the struct type
    get: Callable[[Any], Row]
    meters: int | None
    last: tuple[int, list[str]] | None


class CompiledFeed:
    """Decodes the lines of a feed."""

    def __init__(self, feed: LogFeed) -> None:
        self.feed = feed
        self.moments = Moments(feed.ts.kinds)
        compiled = _compile(feed, Moment if "iso" in feed.ts.kinds else _NUMBER_OR_TEXT)
        self.requests, self.never, self.settings, self.better, self.history = compiled[:5]
        self.get, self.meters = compiled.get, compiled.meters
        decoder = msgspec.json.Decoder(compiled.line)
        self._decode, self._decode_lines = decoder.decode, decoder.decode_lines
        self._lenient_line = _compile(feed, _NUMBER_OR_TEXT, Any).line
        self._kinds = [self.requests, *self.settings, *([self.better] if self.better else [])]
        self._conditions = _compile_conditions(feed)
        self.has_never = bool(self.never)
        # A plain feed has one column for each count. `sums` are those that it has; `spread` gives
        # all seven from a null and the sums.
        columns = self.requests.fields.columns
        counts, ts = [columns[name] for name in COUNTS], columns["ts"]
        own = [tried[0] for tried in counts if tried]
        self.is_plain = all(len(tried) < 2 for tried in (*counts, ts)) and len(own) > 1 and ts != ()
        self.ts_at = ts[0] if ts else 0
        self.other_columns = [column for name in _OTHERS for column in columns[name]]
        self.sums = itemgetter(*own)
        self.spread = itemgetter(*(own.index(tried[0]) + 1 if tried else 0 for tried in counts))
        # The sums of a line that identify its request; None: all of them.
        identity = self.requests.identity
        self.identity_sums = itemgetter(*identity) if len(identity) > 1 else None
        self.last_at, self._last_counts = compiled.last or (-1, [])
        self.last_first = (self._last_counts or [ABSENT])[0]

    def decode_lines(self, data: bytearray, hits: Sequence[tuple[int, int]]) -> list[Any] | None:
        """Some lines of a buffer, decoded together: `get` gives the row of each.

        None where they have to be read one by one.
        """
        with memoryview(data) as view:
            together = b"\n".join([view[start:stop] for start, stop in hits])
        try:
            decoded: list[Any] = self._decode_lines(together)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        # Two broken lines might form a whole value; then there are fewer of them.
        return decoded if len(decoded) == len(hits) else None

    def read(self, line: bytes) -> Row | None:
        """The row of a line; None for one that is not the feed's. Raises Refused."""
        try:
            return self.get(self._decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self.convert(parse(line))

    def convert(self, value: Any) -> Row | None:
        """The row of a decoded value; None for one that is not the feed's. Raises Refused."""
        if value is BLANK or type(value) is not dict or not self._concerns(value):
            return None
        try:
            row = list(self.get(msgspec.convert(value, self._lenient_line)))
        except msgspec.ValidationError as error:
            raise Refused(_reason(str(error))) from None
        for column in {c for kind in self._kinds for c in kind.fields.columns.get("ts", ())}:
            if isinstance(row[column], str | int | float):
                row[column] = self.moments.read(row[column])
        return tuple(row)

    def last_usage(self, row: Row) -> tuple[int | None, ...] | None:
        """The usage of the last request alone, in the order of the sums; None where absent."""
        usage = row[self.last_at]
        if not isinstance(usage, msgspec.Struct):
            return None
        counts = tuple([getattr(usage, attribute) for attribute in self._last_counts])
        return counts if self.is_plain else self.spread((None, *counts))

    def document_row(self, document: dict[str, Any]) -> Row | None:
        """The row of a document's own values, around its items; None where they do not fit."""
        try:
            return self.get(msgspec.convert(document, self._lenient_line))
        except msgspec.ValidationError:
            return None

    def _concerns(self, value: Any) -> bool:
        """Whether an object is of a kind that the feed reads, whatever its other fields."""
        line, get, only, never = self._conditions
        try:
            row = get(msgspec.convert(value, line))
        except msgspec.ValidationError:
            return True
        return any(conditions.all(row) for conditions in only) and not never.any(row)

    def moment(self, ts: Any) -> datetime:
        """The time of a row. Raises Refused."""
        if type(ts) is datetime:
            if ts.tzinfo is UTC and FIRST <= ts.year <= LAST:
                return ts
            ts = ts.isoformat()
        if ts is None:
            raise Refused("ts is missing")
        return self.moments.read(ts)


def _compile(feed: LogFeed, ts: Any, meters: Any = msgspec.Raw) -> _Compiled:
    shape = Shape(lenient=True)
    kinds = {**_KINDS, "ts": ts}

    def fields_of(table: Fields | Setting | History) -> FieldColumns:
        names = [name for name in table.__struct_fields__ if name in kinds]
        tried = {name: paths(getattr(table, name)) for name in names}
        return FieldColumns(
            {name: tuple(shape.shared(path, kinds[name]) for path in tried[name]) for name in names}
        )

    def identity_of(declared: Sequence[str]) -> tuple[int, ...]:
        return tuple(shape.shared(split(path), _ANY) for path in declared)

    def setting_of(table: Setting) -> LineKind:
        only = compile_conditions(shape, table.only, _ANY)
        return LineKind(only, fields_of(table), first_only=table.first)

    def better_of(table: Better) -> LineKind:
        only = compile_conditions(shape, table.only, _ANY)
        return LineKind(only, fields_of(table.fields), identity_of(table.identity))

    def history_of(table: History) -> LineKind:
        return LineKind(compile_conditions(shape, table.only, _ANY), fields_of(table))

    if feed.counts == "totals":
        # Logs from before cache writes have none: as a null they would make each difference slow.
        for path in paths(feed.fields.cache_write_tokens):
            shape.column(path, Count, 0)
    fields = fields_of(feed.fields)
    only = compile_conditions(shape, feed.requests.only, _ANY)
    requests = LineKind(only, fields, identity_of(feed.identity))
    never = compile_conditions(shape, feed.requests.never, _ANY)
    settings = [setting_of(table) for table in feed.settings.values()]
    better = better_of(feed.better) if feed.better else None
    history = history_of(feed.history) if feed.history else None
    column = shape.column(split(feed.meters), meters) if feed.meters else None
    counts = [paths(getattr(feed.fields, name)) for name in COUNTS]
    keys = [tried[0][-1] for tried in counts if tried]
    last = shape.object(split(feed.last), keys, int) if feed.last else None
    return _Compiled(requests, never, settings, better, history, *shape.build(), column, last)


def _compile_conditions(
    feed: LogFeed,
) -> tuple[Any, Callable[[Any], Row], list[Conditions], Conditions]:
    shape = Shape(lenient=True)
    tables = [feed.requests.only, *(setting.only for setting in feed.settings.values())]
    tables += [feed.better.only] if feed.better else []
    only = [compile_conditions(shape, table, _ANY) for table in tables]
    never = compile_conditions(shape, feed.requests.never, _ANY)
    return *shape.build(), only, never


def _reason(error: str) -> str:
    text, _, path = error.partition(" - at `$")
    name = path.rstrip("`").lstrip(".")
    return (f"{name}: " if name else "") + text[:1].lower() + text[1:]
