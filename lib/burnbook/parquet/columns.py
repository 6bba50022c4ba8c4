"""The columns of each journal, derived from its row types, and the record batches of its lines.

A field whose name is one of the columns that the export adds is named `row_NAME`. The host of a row
is in the name of its folder.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pyarrow as pa

from burnbook.book import codec
from burnbook.book.bulk_codec import decode_all
from burnbook.parquet.types import Convert, array, column, kinds_of
from burnbook.rows.meters import NewerRow
from burnbook.store.projection import signed
from burnbook.store.queries import QUARTER
from burnbook.telemetry.rows import JOURNAL as TELEMETRY
from burnbook.telemetry.rows import keys_of

VALID, DUPLICATE, CORRUPT, NEWER = "valid", "duplicate", "corrupt", "newer"
PARTITION = ("kind", "host", "month")
"""The columns that are in the names of folders, and not in files."""
OWN = {
    "line": pa.string(),
    "line_bytes": pa.binary(),
    "offset": pa.int64(),
    "state": pa.string(),
}
FEED = {"feed": pa.string()}  # of rejects
DERIVED = {"quarter": pa.int64(), "day_utc": pa.string(), "key": pa.int64()}  # of telemetry

_RESERVED = {*PARTITION, *OWN, *FEED, *DERIVED} - {"host"}


class Columns:
    """The columns of one journal. `fields` are those of its rows, by the name of the column."""

    def __init__(self, journal: str) -> None:
        row_type: Any = codec.kind_of(journal)
        self.journal = journal
        self.feed = journal.removeprefix(codec.REJECTS) if journal.startswith(codec.REJECTS) else ""
        kinds = kinds_of(row_type)
        self.fields: dict[str, tuple[str, Any, Convert]] = {}
        for kind in kinds:
            if kind.tag_field is not None:
                self.fields[kind.tag_field] = (kind.tag_field, pa.string(), None)
            for field in kind.fields:
                if field.name != "host":
                    name = f"row_{field.name}" if field.name in _RESERVED else field.name
                    self.fields[name] = (field.name, *column(field.type))
        self._kinds = {kind.cls: kind for kind in kinds}
        self._decoder: Any = msgspec.json.Decoder(list[row_type])
        added = {**(FEED if self.feed else {}), **OWN}
        added |= DERIVED if journal == TELEMETRY else {}
        types = {name: kind for name, (_, kind, _) in self.fields.items()} | added
        self.schema = pa.schema(list(types.items()))

    def rows(self, lines: list[bytes]) -> list[Any]:
        """Returns the row of each line: None if it is corrupt, a NewerRow of a newer version."""
        return decode_all(lines, self._decoder) or [codec.read(self.journal, ln) for ln in lines]

    def batch(
        self,
        offsets: Sequence[int],
        lines: Sequence[bytes],
        rows: Sequence[Any],
        duplicates: frozenset[int] | set[int] = frozenset(),
    ) -> Any:
        """Returns the record batch of some lines. `duplicates` are offsets."""
        plain = [None if isinstance(row, NewerRow) else row for row in rows]
        arrays: list[Any] = []
        by_name = self._values(plain)
        for name, (_, kind, convert) in self.fields.items():
            values = by_name[name]
            if convert is not None:
                values = [None if value is None else convert(value) for value in values]
            arrays.append(array(values, kind))
        if self.feed:
            arrays.append(pa.array([self.feed] * len(rows), pa.string()))
        arrays += _line_arrays(lines)
        arrays.append(pa.array(offsets, pa.int64()))
        states = [VALID] * len(rows)
        for n, (offset, row) in enumerate(zip(offsets, rows, strict=True)):
            if row is None:
                states[n] = CORRUPT
            elif isinstance(row, NewerRow):
                states[n] = NEWER
            elif offset in duplicates:
                states[n] = DUPLICATE
        arrays.append(pa.array(states, pa.string()))
        if self.journal == TELEMETRY:
            arrays += _derived(plain)
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _values(self, rows: list[Any]) -> dict[str, Sequence[Any]]:
        """Returns the values of each column; None where a row has no such field."""
        if len(self._kinds) == 1 and None not in rows:
            [kind] = self._kinds.values()
            names = [field.name for field in kind.fields]
            columns = zip(*map(msgspec.structs.astuple, rows), strict=True)
            by_field = dict(zip(names, columns, strict=True))
            return {name: by_field[field] for name, (field, *_) in self.fields.items()}
        tags = {cls: (kind.tag_field, kind.tag) for cls, kind in self._kinds.items()}
        values: dict[str, Sequence[Any]] = {}
        for name, (field, *_) in self.fields.items():
            values[name] = [
                tags[type(row)][1]
                if row is not None and tags[type(row)][0] == field
                else getattr(row, field, None)
                for row in rows
            ]
        return values


def partitions_of(rows: Sequence[Any]) -> dict[tuple[str | None, str | None], Sequence[int]]:
    """Returns the numbers of rows by host and month; None for lines without a readable row.

    The month (UTC) is that of a request's own time, else that of the recording.
    """
    if not {type(None), NewerRow}.isdisjoint(map(type, rows)):
        return _grouped(rows)
    moments = [_moment_of(row) for row in rows]
    first, last = min(moments), max(moments)
    if len({row.host for row in rows}) == 1 and _month(first) == _month(last):
        return {(rows[0].host, _month(first)): range(len(rows))}
    return _grouped(rows)


def _grouped(rows: Sequence[Any]) -> dict[tuple[str | None, str | None], Sequence[int]]:
    numbers: dict[tuple[str | None, str | None], list[int]] = {}
    for number, row in enumerate(rows):
        is_row = row is not None and not isinstance(row, NewerRow)
        key = (row.host, _month(_moment_of(row))) if is_row else (None, None)
        numbers.setdefault(key, []).append(number)
    return {**numbers}


def _moment_of(row: Any) -> datetime:
    moment: datetime = getattr(row, "ts", None) or row.recorded_at
    return moment


def _month(moment: datetime) -> str | None:
    """Returns the month in UTC; None outside of the calendar."""
    try:
        moment -= moment.utcoffset() or timedelta()
    except OverflowError:
        return None
    return f"{moment.year:04}-{moment.month:02}"


def _line_arrays(lines: Sequence[bytes]) -> list[Any]:
    """Returns the lines as text and, of those that are not UTF-8, as bytes; without newlines."""
    try:
        texts: Sequence[str | None] = b"".join(lines).decode().split("\n")[:-1]
        others: Sequence[bytes | None] = [None] * len(lines)
    except UnicodeDecodeError:
        pairs = [_text_or_bytes(line[:-1]) for line in lines]
        texts, others = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return [pa.array(texts, pa.string()), pa.array(others, pa.binary())]


def _text_or_bytes(line: bytes) -> tuple[str | None, bytes | None]:
    try:
        return line.decode(), None
    except UnicodeDecodeError:
        return None, line


def _derived(rows: Sequence[Any]) -> list[Any]:
    """Returns the quarter-hour, the UTC day and the 64-bit key of each request."""
    present = [row for row in rows if row is not None]
    moments = [row.ts for row in present]
    derived: list[Sequence[Any]] = [
        [int(moment.timestamp()) // QUARTER for moment in moments],
        [str(moment.date()) for moment in moments],
        [signed(key) for key in keys_of(present)],
    ]
    if len(present) < len(rows):
        spread = [iter(values) for values in derived]
        derived = [[None if row is None else next(values) for row in rows] for values in spread]
    kinds = DERIVED.values()
    return [pa.array(values, kind) for values, kind in zip(derived, kinds, strict=True)]
