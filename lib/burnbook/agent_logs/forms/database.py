"""Reads the rows of an agent's SQLite database, beside the running agent.

The database is opened read-only, and its write-ahead log is respected. Its content is untrusted:
views are refused, and a query may cost no more than the size of the file explains.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.sums.series import Series
from burnbook.base.errors import Refused
from burnbook.base.json_path import Path, split
from burnbook.config.agent_logs import Database
from burnbook.jsonl.sources import WAL, Log

_WAIT = 1.0  # seconds, for a lock
_STEPS = 10_000  # of SQLite's machine, between two checks
_LEAST_STEPS, _STEPS_PER_BYTE = 4_000_000, 4
_LEAST_BYTES, _ROW = 1 << 16, 16  # a row counts as at least so many bytes
_MOST_COPIES = 8  # of each byte of the file: a join repeats its other table's row
_LONGEST = 1 << 26
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION)
_COMPUTED = """
SELECT tables.name, columns.name
FROM sqlite_schema AS tables, pragma_table_xinfo(tables.name) AS columns
WHERE tables.type = 'table' AND columns.hidden > 0
"""
_NO_FOLDER = ("SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY")

Watermark = int | float


class Unreadable(Exception):
    """Why a database, or the rest of it, cannot be read."""


class Record(NamedTuple):
    """A row as a JSON object, and its watermark, or 0."""

    json: bytes
    watermark: Watermark


def add_rows(
    feed: CompiledFeed, lines: RequestLines | Series, log: Log, since: Watermark
) -> tuple[Watermark, list[tuple[str, bytes]]]:
    """Add the rows from a watermark on, 0 for all; returns the next one, and the bad rows.

    Raises Unreadable.
    """
    declared, wrong = feed.feed.database or Database(), []
    highest, has_rows = since, False
    for record in records(log.path, declared, since, log.size):
        has_rows = True
        highest = max(highest, record.watermark)
        try:
            row = feed.read(record.json)
            if row is None:
                lines.requests.tally.ignored += 1
            else:
                lines.add(row)
        except Refused as error:
            wrong.append((str(error), record.json))
    if since and not has_rows:  # not even the row with the watermark: it is another database
        return add_rows(feed, lines, log, 0)
    return highest, wrong


def records(path: str, declared: Database, since: Watermark, size: int) -> Iterator[Record]:
    """The rows from a watermark on; `size` in bytes, with the write-ahead log.

    Raises Unreadable.
    """
    try:
        with closing(_opened(path, size)) as connection:
            yield from _rows(connection, declared, since, size)
    except sqlite3.OperationalError as error:
        is_costly = str(error) == "interrupted"
        raise Unreadable("its query takes too long for its size" if is_costly else error) from None
    except (sqlite3.Error, sqlite3.Warning) as error:
        is_denied = str(error) == "not authorized" or "is prohibited" in str(error)
        raise Unreadable(
            "the query reads more than stored columns of tables" if is_denied else error
        ) from None


def _opened(path: str, size: int) -> sqlite3.Connection:
    address = f"file:{quote(os.fsencode(path))}?mode=ro"
    try:
        return _connection(address, size)
    except sqlite3.OperationalError as error:
        # SQLite cannot open a database in WAL mode where it cannot create the index of the log.
        # Without a log, no process has the database open, and its file is complete.
        if getattr(error, "sqlite_errorname", "") not in _NO_FOLDER or os.path.exists(path + WAL):
            raise
        return _connection(f"{address}&immutable=1", size)


def _connection(address: str, size: int) -> sqlite3.Connection:
    connection = sqlite3.connect(address, timeout=_WAIT, isolation_level=None, uri=True)
    try:
        _limit(connection, size)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(max(size, _LEAST_BYTES), _LONGEST))
        connection.text_factory = bytes  # an agent may write half a character
        connection.execute("PRAGMA query_only = 1")
        connection.set_authorizer(_authorizer(connection))
    except BaseException:
        connection.close()
        raise
    return connection


def _limit(connection: sqlite3.Connection, size: int) -> None:
    """Interrupt queries that take more steps than the size explains."""
    left = (_LEAST_STEPS + _STEPS_PER_BYTE * size) // _STEPS

    def count() -> int:
        nonlocal left
        left -= 1
        return left < 0

    connection.set_progress_handler(count, _STEPS)


def _authorizer(connection: sqlite3.Connection) -> Callable[..., int]:
    """Allow to read the stored columns of tables, and nothing else: no views, nothing computed."""
    computed = {tuple(map(_plain, row)) for row in connection.execute(_COMPUTED)}

    def authorize(action: int, first: Any, second: Any, _database: Any, view: Any) -> int:
        is_read = action == sqlite3.SQLITE_READ and (first, second) not in computed
        is_allowed = view is None and (is_read or action in _ALLOWED)
        return sqlite3.SQLITE_OK if is_allowed else sqlite3.SQLITE_DENY

    return authorize


def _rows(
    connection: sqlite3.Connection, declared: Database, since: Watermark, size: int
) -> Iterator[Record]:
    cursor = connection.execute(declared.query, {"since": since})
    names = [column[0] for column in cursor.description]
    for column in (declared.document, declared.watermark):
        if column is not None and column not in names:
            raise Unreadable(f"the feed's query has no column {column!r}")
    placed = [(split(path), name) for path, name in declared.columns.items()]
    left = _MOST_COPIES * size + _LEAST_BYTES
    for values in cursor:
        left -= max(_ROW, sum(len(value) for value in values if isinstance(value, bytes)))
        if left < 0:
            raise Unreadable("its rows have more bytes than its file explains")
        yield _record(declared, placed, dict(zip(names, values, strict=True)))


def _record(declared: Database, placed: list[tuple[Path, str]], row: dict[str, Any]) -> Record:
    document = row.pop(declared.document, None) if declared.document else None
    watermark = row.pop(declared.watermark, None) if declared.watermark else None
    values = {name: _plain(value) for name, value in row.items() if value is not None}
    columns = msgspec.json.encode({**values, **_nested(values, placed)})
    if isinstance(document, bytes) and (text := document.strip()).startswith(b"{"):
        inner = text[:-1].rstrip() if text.endswith(b"}") else text
        # Of two values of one key the last counts, which is the column's.
        columns = columns if inner == b"{" else b"%b,%b" % (inner, columns[1:])
    return Record(columns, watermark if isinstance(watermark, int | float) else 0)


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


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
