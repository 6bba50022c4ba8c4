"""A feed of agents' logs, compiled: the struct type of its lines, and the column of each value.

msgspec decodes these values and no others. A row is the tuple of them, in columns.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import msgspec

from burnbook.agent_logs.calls.lines import CallLineReader
from burnbook.agent_logs.documents.embedded import expand
from burnbook.agent_logs.feed_columns import (
    ANY,
    NUMBER_OR_TEXT,
    Row,
    compile_feed,
    own_columns,
    reason_of,
)
from burnbook.base.errors import Refused
from burnbook.base.json_path import split
from burnbook.config.agent_logs import COUNTS, FACTS, LogFeed, paths
from burnbook.jsonl.conditions import Conditions, compile_conditions
from burnbook.jsonl.fields import ABSENT, Getter, Shape
from burnbook.jsonl.parse import BLANK, not_json, parse
from burnbook.jsonl.timestamps import FIRST, LAST, Moments
from burnbook.rows.meters import Moment

_OTHERS = ("session", "project", "branch", "model", "request_id", "is_subagent", "usd", *FACTS)


class CompiledFeed:
    """Decodes the lines of a feed."""

    def __init__(self, feed: LogFeed) -> None:
        self.feed = feed
        self.moments = Moments(feed.ts.kinds)
        self.needles = [needle.encode() for needle in feed.contains] or [b""]
        compiled = compile_feed(feed, Moment if "iso" in feed.ts.kinds else NUMBER_OR_TEXT)
        self.requests, self.never, self.settings, self.better, self.history = compiled[:5]
        self.identities, self.parts = compiled.identities, compiled.parts
        self.get, self.meters, self.items_at = compiled.get, compiled.meters, compiled.items
        self.calls, self.calls_at = compiled.calls, compiled.calls_at
        self.call_lines = CallLineReader(feed.call_lines) if feed.call_lines else None
        self.beyond = self.call_lines.beyond if self.call_lines else None
        decoder = msgspec.json.Decoder(compiled.line)
        other = str | int | float | bool | list[Any]
        self._item_type = compiled.line
        self._decode_items = msgspec.json.Decoder(list[compiled.line | other | None]).decode  # type: ignore[name-defined]
        self._decode, self._decode_lines = decoder.decode, decoder.decode_lines
        self.embedded = [split(path) for path in feed.embedded]
        tried = [way for name in COUNTS for way in paths(getattr(feed.fields, name))]
        self.count_paths = [path for way in tried for path in way]
        self._lenient_line = compile_feed(feed, NUMBER_OR_TEXT, Any).line
        self.others, self.readings = compiled.kinds, compiled.readings
        self.deleted = compiled.deleted
        self.depends_on_book = self.readings is not None or bool(self.deleted)
        better = [self.better] if self.better else []
        self._kinds = [self.requests, *self.settings, *better, *self.others]
        self._conditions = _compile_conditions(feed)
        self.has_never = bool(self.never)
        # A plain feed has one column for each count. `sums` are those that it has; `spread` gives
        # all seven from a null and the sums.
        columns = self.requests.fields.columns
        counts, ts = [columns[name] for name in COUNTS], columns["ts"]
        own = [tried[0][0] for tried in counts if tried]
        is_plain = all(len(tried) < 2 and len((*tried, ())[0]) < 2 for tried in (*counts, ts))
        self.is_plain = is_plain and len(own) > 1 and ts != ()
        self.ts_at = ts[0][0] if ts else 0
        self.other_columns = [c for name in _OTHERS for added in columns[name] for c in added]
        self.sums = itemgetter(*own)
        self.spread = itemgetter(*(own.index(tried[0][0]) + 1 if tried else 0 for tried in counts))
        # The sums of a line that identify its request; None: all of them.
        identity = own_columns(self.requests.identity)
        self.identity_sums = itemgetter(*identity) if len(identity) > 1 else None
        turns = ("turn", "turn_started")
        self.turn_columns = self.history.fields.of(turns) if self.history else []
        meters = [] if self.meters is None else [self.ts_at, self.meters]
        self._meters = Getter([self.get.columns[column] for column in meters]) if meters else None
        self.last_at, self._last_counts = compiled.last
        self._last_first = (self._last_counts or [ABSENT])[0]

    def decode_lines(self, lines: Sequence[bytes | bytearray]) -> list[Any] | None:
        """Some lines, decoded together: `get` gives the row of each.

        None where they have to be read one by one.
        """
        try:
            decoded: list[Any] = self._decode_lines(b"\n".join(lines))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        # Two broken lines might form a whole value; then there are fewer of them.
        return decoded if len(decoded) == len(lines) else None

    def meter_rows(self, decoded: list[Any]) -> list[Row]:
        """The time and the meters of decoded lines; none if the feed has no meters."""
        return [] if self._meters is None else self._meters.all(decoded)

    def rows(self, decoded: list[Any]) -> list[Row]:
        """The rows of decoded lines."""
        return self.get.all(decoded)

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
            raise Refused(reason_of(str(error))) from None
        times = [kind.fields.columns.get("ts", ()) for kind in self._kinds]
        for column in {c for tried in times for added in tried for c in added}:
            if isinstance(row[column], str | int | float):
                row[column] = self.moments.read(row[column])
        return tuple(row)

    def items(self, row: Row) -> list[Any] | None:
        """The list inside a line; None for a line without one. `item_row` has the row of each."""
        value = None if self.items_at is None else row[self.items_at]
        if not isinstance(value, msgspec.Raw):
            return value if isinstance(value, list) else None
        if not bytes(value).startswith(b"["):
            return None
        try:
            return self._decode_items(value)
        except msgspec.ValidationError:
            whole: list[Any] = msgspec.json.decode(value)
            return whole

    def item_row(self, item: Any) -> Row | None:
        """The row of an item of a list; None for one that is not the feed's. Raises Refused."""
        return self.get(item) if isinstance(item, self._item_type) else self.convert(item)

    def read_item(self, item: bytes | msgspec.Raw) -> Row | None:
        """The row of an item of a document; None for one that is not the feed's. Raises Refused."""
        if not self.embedded:
            try:
                return self.get(self._decode(item))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                pass  # read again below, where the reason is known
        try:
            value = msgspec.json.decode(item)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Refused(not_json(bytes(item), error)) from None
        reason = expand(value, self.embedded)
        row = self.convert(value)
        if reason is not None and row is not None and self.requests.only.all(row):
            raise Refused(reason)
        return row

    def last_usage(self, usage: Any) -> tuple[int | None, ...] | None:
        """The usage of the last request alone, in the order of the sums; None where absent."""
        if not isinstance(usage, msgspec.Struct):
            return None
        counts = tuple([getattr(usage, attribute) for attribute in self._last_counts])
        return counts if self.is_plain else self.spread((None, *counts))

    def document_row(self, document: bytes | msgspec.Raw) -> Row | None:
        """The row of a document's own values, around its items; None where they do not fit."""
        try:
            return self.get(msgspec.json.decode(document, type=self._lenient_line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def last_input(self, usage: Any) -> Any:
        """The input of the last request alone; None where absent."""
        return getattr(usage, self._last_first, None)

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


def _compile_conditions(
    feed: LogFeed,
) -> tuple[Any, Callable[[Any], Row], list[Conditions], Conditions]:
    shape = Shape(lenient=True)
    tables = [feed.requests.only, *(setting.only for setting in feed.settings.values())]
    tables += [kind.only for kind in feed.kinds.values()]
    tables += [feed.readings.only] if feed.readings else []
    tables += [feed.deleted] if feed.deleted else []
    tables += [feed.better.only] if feed.better else []
    only = [compile_conditions(shape, table, ANY) for table in tables]
    never = compile_conditions(shape, feed.requests.never, ANY)
    return *shape.build(), only, never
