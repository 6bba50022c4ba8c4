"""Opens an agent's SQLite database, beside the running agent.

It is opened read-only, and its write-ahead log is respected. Its content is untrusted: views are
refused, and a query may cost no more than the size of the file explains.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote

from burnbook.jsonl.sources import WAL

_WAIT = 1.0  # seconds, for a lock
_STEPS = 10_000  # of SQLite's machine, between two checks
_LEAST_STEPS, _STEPS_PER_BYTE = 4_000_000, 4
LEAST_BYTES = 1 << 16
LONGEST = 1 << 26
"""Bytes of a value, at most."""
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION)
_SCHEMA_VERSION = (sqlite3.SQLITE_PRAGMA, "schema_version", None)
_COMPUTED = """
SELECT tables.name, columns.name
FROM sqlite_schema AS tables, pragma_table_xinfo(tables.name) AS columns
WHERE tables.type = 'table' AND columns.hidden > 0
"""
_NO_FOLDER = ("SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY")
_MISSING = re.compile(r"no such (table|column): (.+)")
_REASONS = {
    "interrupted": "its query takes too long for its size",
    "not authorized": "the query reads more than stored columns of tables",
    "database is locked": "another program has locked it; run ingest again",
    "file is not a database": "it is not an SQLite database, or it is encrypted",
    "database disk image is malformed": "the database is corrupt",
}


class Unreadable(Exception):
    """Why a database, or the rest of it, cannot be read."""


@contextmanager
def opened(path: str, size: int) -> Iterator[sqlite3.Connection]:
    """An open database of `size` bytes, with the write-ahead log. Raises Unreadable."""
    try:
        with closing(_opened(path, size)) as connection:
            yield connection
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise Unreadable(_reason(str(error))) from None


def schema_version(connection: sqlite3.Connection) -> int:
    """A number that changes with the schema, and when the rows get new row ids (VACUUM)."""
    [(version,)] = connection.execute("PRAGMA schema_version")
    return int(version)


def is_missing(error: sqlite3.Error) -> bool:
    """Whether a query names a table or a column that does not exist."""
    return _MISSING.fullmatch(str(error)) is not None


def _reason(error: str) -> str:
    """The message of SQLite, as a sentence about the database."""
    if missing := _MISSING.fullmatch(error):
        what = f"it has no {missing[1]} {missing[2]!r}"
        return f"{what}: the agent may write a newer schema, see database.query of its feed"
    if "is prohibited" in error:
        return _REASONS["not authorized"]
    return _REASONS.get(error, error)


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
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(max(size, LEAST_BYTES), LONGEST))
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
    computed = {tuple(map(plain, row)) for row in connection.execute(_COMPUTED)}

    def authorize(action: int, first: Any, second: Any, _database: Any, view: Any) -> int:
        is_read = action == sqlite3.SQLITE_READ and (first, second) not in computed
        is_other = action in _ALLOWED or (action, first, second) == _SCHEMA_VERSION
        is_allowed = view is None and (is_read or is_other)
        return sqlite3.SQLITE_OK if is_allowed else sqlite3.SQLITE_DENY

    return authorize


def plain(value: Any) -> Any:
    """A value of a row, with text for bytes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
