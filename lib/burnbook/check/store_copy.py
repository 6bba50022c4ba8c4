"""The databases of `check` in a temporary folder: its own tables, and a copy of the store.

SQLite cannot read a database in WAL mode without writing beside it, so a copy is read.
"""

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.store import database
from burnbook.store.database import Database

if TYPE_CHECKING:
    from sqlite3 import Connection

_TRIES = 5
# Large sorts use files and not memory.
_PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", "cache_size = -16384")


def own(path: str) -> Database:
    """A database like an empty store, or one of an earlier check that was copied to the path.

    It has no log, because nothing in the folder is kept after a crash.
    """
    import sqlite3

    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall():
        empty = database.open_memory()
        empty.connection.backup(connection)
        empty.close()
    return Database(connection, 0, None)


def opened(root: str, target: str) -> "tuple[Connection | None, str]":
    """Copies the store of a book; returns a connection to the copy, or None and why, if known."""
    import sqlite3

    connection = None
    try:
        if not _copy(root, target):
            return None, ""
        header = database.header_of(RootedPath(os.path.dirname(target), os.path.basename(target)))
        connection = sqlite3.connect(target, isolation_level=None)
        database.number_of(connection, header)
        connection.execute("SELECT 1 FROM projections").fetchone()
    except IOFault:
        return None, ""  # a link: it is reported with the files
    except (sqlite3.Error, OSError, database.DamagedStore) as error:
        if connection is not None:
            connection.close()
        return None, str(error)
    return connection, ""


def _copy(root: str, target: str) -> bool:
    """Copies the file and its log in a consistent state; returns False if there is no file.

    If the log was not restarted in between, it has every page that was written to the file.
    """
    path, log = RootedPath(root, database.FILE), RootedPath(root, f"{database.FILE}-wal")
    for _ in range(_TRIES):
        before = _signature(path, log)
        if not _copy_file(path, target):
            return False
        if not _copy_file(log, f"{target}-wal"):
            with suppress(FileNotFoundError):
                os.unlink(f"{target}-wal")
        if before == _signature(path, log):
            return True
    raise OSError("it keeps changing")


def _signature(path: RootedPath, log: RootedPath) -> Any:
    """A value that changes if the log is restarted or, without a log, if the file changes."""
    header = _head(log)
    status = path.status()
    return header or (status and (status.st_ino, status.st_size, status.st_mtime_ns))


def _head(path: RootedPath) -> bytes:
    try:
        handle = path.open(os.O_RDONLY)
    except FileNotFoundError:
        return b""
    try:
        return os.pread(handle, 32, 0)
    finally:
        os.close(handle)


def _copy_file(path: RootedPath, target: str) -> bool:
    try:
        handle = path.open(os.O_RDONLY)
    except FileNotFoundError:
        return False
    with os.fdopen(handle, "rb") as source, open(target, "wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    return True
