"""Reads the rows of an agent's SQLite database, in parts where the feed's query has positions."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.forms.connection import (
    LEAST_BYTES,
    LONGEST,
    Unreadable,
    is_missing,
    opened,
    plain,
    schema_version,
)
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.sums.series import Series
from burnbook.base.errors import Refused
from burnbook.base.json_path import Path, several, split
from burnbook.config.agent_logs.forms import Database
from burnbook.jsonl import unpack
from burnbook.jsonl.sources import Log

_ROW = 16  # a row counts as at least so many bytes
_MOST_COPIES = 8  # of each byte of the file: a join repeats its other table's row
_WORD = re.compile(r"\w+")
_BEFORE_ALL = -(1 << 63)
_JSON = b'{["-0123456789tfn'  # the first byte of a JSON document

Watermark = int | float
Lines = RequestLines | Series


class Record(NamedTuple):
    """A row as a JSON object, and its watermark, or 0. `fault`: its document cannot be read."""

    json: bytes
    watermark: Watermark
    fault: str | None = None


def add_rows(
    feed: CompiledFeed,
    lines: Lines,
    log: Log,
    since: Watermark,
    reject: Callable[[str, bytes], None],
    after_row: Callable[[Lines, int], Lines],
) -> tuple[Watermark, Lines]:
    """Add the rows from a watermark on, 0 for all; returns the next one, and the last lines.

    `reject` gets why a row is bad, and the row. `after_row` gets the bytes of a row, and returns
    the lines to add more rows to. Raises Unreadable.
    """
    declared = feed.feed.database or Database()
    highest, has_rows = since, False
    for record in records(log.path, declared, since, log.size):
        has_rows = True
        highest = max(highest, record.watermark)
        try:
            if record.fault is not None:
                raise Refused(record.fault)
            row = feed.read(record.json)
            if row is None:
                lines.requests.tally.ignored += 1
            else:
                lines.add(row)
        except Refused as error:
            reject(str(error), record.json)
        lines = after_row(lines, len(record.json))
    if since and not has_rows:  # not even the row with the watermark: it is another database
        return add_rows(feed, lines, log, 0, reject, after_row)
    return highest, lines


def records(path: str, declared: Database, since: Watermark, size: int) -> Iterator[Record]:
    """The rows from a watermark on; `size` in bytes, with the write-ahead log.

    Between two parts the database is not read, so an agent can empty its write-ahead log. Raises
    Unreadable.
    """
    left = _MOST_COPIES * size + LEAST_BYTES
    document = _Document(declared.document, unpack.RATIO * size + unpack.LEAST)
    placed = [(split(path), name) for path, name in declared.columns.items()]
    with opened(path, size) as connection:
        query = _query(connection, several(declared.query))
        version, after = schema_version(connection), _BEFORE_ALL
        is_end = False
        while not is_end:
            is_end, last = True, after
            for row in _rows(connection, declared, query, since, after):
                left -= max(_ROW, sum(len(v) for v in row.values() if isinstance(v, bytes)))
                if left < 0:
                    raise Unreadable("its rows have more bytes than its file explains")
                if declared.position:
                    is_end, last = False, _later(row.pop(declared.position), last)
                yield _record(declared, document, placed, row)
            after = last
            if (now := schema_version(connection)) != version and declared.position:
                version, after, is_end = now, _BEFORE_ALL, False  # positions may have changed


def _query(connection: sqlite3.Connection, queries: tuple[str, ...]) -> str:
    """The first query whose tables and columns exist; the first of all if there is none.

    A query that leaves out a table is for databases without it: if the table exists and lacks a
    column only, the requests in it must not be lost without a reason.
    """
    needed: set[str] = set()
    tables = _tables(connection) if len(queries) > 1 else set()
    for query in queries if len(queries) > 1 else ():
        read = tables.intersection(_WORD.findall(query))
        try:
            connection.execute(f"EXPLAIN {query}", {"since": 0, "after": 0}).close()
        except sqlite3.OperationalError as error:
            if not is_missing(error):
                raise
            needed |= read
        else:
            if needed <= read:
                return query
    return queries[0]


def _tables(connection: sqlite3.Connection) -> set[str]:
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {str(plain(name)) for (name,) in names}


def _later(position: Any, last: int) -> int:
    if not isinstance(position, int) or position <= last:
        raise Unreadable("the positions of the feed's query do not grow from row to row")
    return position


def _rows(
    connection: sqlite3.Connection, declared: Database, query: str, since: Watermark, after: int
) -> Iterator[dict[str, Any]]:
    """The rows of a part, by the names of their columns."""
    cursor = connection.execute(query, {"since": since, "after": after})
    names = [column[0] for column in cursor.description]
    for column in (declared.document, declared.watermark, declared.position):
        if column is not None and column not in names:
            raise Unreadable(f"the feed's query has no column {column!r}")
    for values in cursor:
        yield dict(zip(names, values, strict=True))


class _Document:
    """The column with a JSON document, which may be compressed, up to `room` bytes in all rows."""

    def __init__(self, column: str | None, room: int) -> None:
        self._column, self._room = column, room

    def take(self, row: dict[str, Any]) -> bytes | None:
        """Remove the document from a row; None without one. Raises unpack.Damaged."""
        document = row.pop(self._column, None) if self._column else None
        if not isinstance(document, bytes):
            return None
        if document.startswith(unpack.MAGIC):
            document = unpack.whole(document, min(self._room, LONGEST))
            self._room -= len(document)
        document = document.strip()
        if document[:1] not in _JSON:
            raise unpack.Damaged("it is not JSON")
        return document


def _record(
    declared: Database, document: _Document, placed: list[tuple[Path, str]], row: dict[str, Any]
) -> Record:
    text, fault = None, None
    try:
        text = document.take(row)
    except unpack.Damaged as error:
        fault = f"{declared.document} cannot be read: {error}"
    watermark = row.pop(declared.watermark, None) if declared.watermark else None
    values = {name: plain(value) for name, value in row.items() if value is not None}
    columns = msgspec.json.encode({**values, **_nested(values, placed)})
    if text is not None and text.startswith(b"{"):
        inner = text[:-1].rstrip() if text.endswith(b"}") else text
        # Of two values of one key the last counts, which is the column's.
        if columns == b"{}":
            columns = text
        elif inner != b"{":
            columns = b"%b,%b" % (inner, columns[1:])
    return Record(columns, watermark if isinstance(watermark, int | float) else 0, fault)


def _nested(values: dict[str, Any], placed: list[tuple[Path, str]]) -> dict[str, Any]:
    """The values of columns at the paths that the feed gives them."""
    nested: dict[str, Any] = {}
    for path, name in placed:
        if name in values:
            inner = nested
            for key in path[:-1]:
                inner = inner.setdefault(key, {})
            inner[path[-1]] = values[name]
    return nested
