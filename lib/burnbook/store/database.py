"""Opens and deletes `cache/book.sqlite`: private, in WAL mode, never through a symbolic link.

A process that uses the file holds a shared `flock` on the directory `cache/`; deleting the file
takes the exclusive one. So no process deletes the write-ahead log of another process.
"""

import fcntl
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from burnbook.base.rooted_path import RootedPath
from burnbook.book.joined import store_file
from burnbook.book.joined.store_file import FILE as FILE
from burnbook.book.joined.store_file import has_journal as has_journal
from burnbook.store import old_caches

if TYPE_CHECKING:
    from sqlite3 import Connection

BUSY_SECONDS = 1.0
BUSY_SECONDS_LOCKED = 0.05
_PAUSE = 0.01
_APPLICATION = 0x62757262  # "burb", in the header of the file
_HEADER = 100
# Codes of SQLite: SQLITE_CORRUPT, SQLITE_FORMAT, SQLITE_NOTADB; SQLITE_IOERR_SHORT_READ.
_DAMAGE, _SHORT_READ = (11, 24, 26), 522

_PROJECTIONS = """CREATE TABLE projections (
    name TEXT PRIMARY KEY,
    store INTEGER NOT NULL,
    form TEXT NOT NULL,
    offset INTEGER NOT NULL,
    mark BLOB NOT NULL,
    changed INTEGER,
    corrupt INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    newer TEXT NOT NULL
) WITHOUT ROWID"""


class DamagedStore(Exception):
    """The file is not a database of burnbook, or its parts do not belong together."""


class _FolderLock:
    """A lock on the directory of the store, held until this object is gone."""

    def __init__(self, root: str, kind: int, wait: float = BUSY_SECONDS) -> None:
        self._handle = -1
        self._handle = store_file.path_of(root).parent.open_folder()
        try:
            _wait_for(self._handle, kind, wait)
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Give the lock up."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            with suppress(OSError):  # the kernel gives the lock up all the same
                os.close(handle)

    __del__ = release


class Database(Struct, frozen=True):
    """A connection, the number of the file it belongs to, and the lock that protects the file."""

    connection: "Connection"
    number: int
    lock: _FolderLock | None

    def close(self) -> None:
        """Close the connection, then give up the lock."""
        self.connection.close()
        if self.lock is not None:
            self.lock.release()


def open_file(root: str) -> Database:
    """The database of a book, created if it does not exist.

    Raises DamagedStore or sqlite3.Error if it cannot be used, OSError if it cannot be created or
    opened, and IOFault if a symbolic link is in its path.
    """
    if os.stat(root).st_uid != os.geteuid():
        raise PermissionError(f"{root} belongs to another user")
    if not has_journal(root):
        raise FileNotFoundError(f"{root} has no journal")
    for path in store_file.paths(root):
        path.status()
    path = store_file.path_of(root)
    path.parent.make_folder()
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        lock = _FolderLock(root, fcntl.LOCK_SH)
        try:
            header = header_of(path)
            if header:
                return _opened(path, header, lock)
        except BaseException:
            lock.release()  # the frames of the exception would keep it
            raise
        lock.release()
        if not _create(path):
            if time.monotonic() > deadline:
                raise BlockingIOError("another process still uses a deleted store")
            time.sleep(_PAUSE)


def header_of(path: RootedPath) -> bytes:
    """The header of the file; empty if there is no file, or one that was never finished.

    Closing any descriptor of a file gives up all locks that the process has on it, so this is
    called only before SQLite opens the file.
    """
    try:
        handle = path.open(os.O_RDONLY)
    except FileNotFoundError:
        return b""
    try:
        header = os.pread(handle, _HEADER, 0)
    finally:
        os.close(handle)
    return header if len(header) == _HEADER else b""


def _create(path: RootedPath) -> bool:
    """Create the file with its table of projections; False if another process uses the store."""
    try:
        lock = _FolderLock(path.root, fcntl.LOCK_EX, 0)
    except BlockingIOError:
        return False
    try:
        if header_of(path):
            return True  # another process was faster
        _unlink(path.root)
        # SQLite gives its other files the mode of this one.
        os.close(path.open(os.O_RDWR | os.O_CREAT | os.O_EXCL))
        connection = _connect(str(path))
        try:
            _initialize(connection)
        finally:
            connection.close()
        old_caches.remove(path.root)
    finally:
        lock.release()
    return True


def _opened(path: RootedPath, header: bytes, lock: _FolderLock) -> Database:
    connection = _connect(str(path))
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return Database(connection, number_of(connection, header), lock)
    except BaseException:
        connection.close()
        raise


def open_memory() -> Database:
    """An empty database that ends with the process."""
    connection = _connect(":memory:")
    connection.execute(_PROJECTIONS)
    return Database(connection, 0, None)


def _connect(path: str) -> "Connection":
    import sqlite3

    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -16384")  # KiB
    return connection


def _initialize(connection: "Connection") -> None:
    """Give a new file a random number, before it has a log, and the table of projections."""
    number = int.from_bytes(os.urandom(4), "big") >> 1 | 1
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(_PROJECTIONS)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")


def number_of(connection: "Connection", header: bytes, schema: str = "main") -> int:
    """The number of the file. Raises DamagedStore if its log belongs to another file.

    These parts of a header never change, so SQLite, which applies the log, must read the same.
    """
    [(number,)] = connection.execute(f"PRAGMA {schema}.user_version")
    [(application,)] = connection.execute(f"PRAGMA {schema}.application_id")
    in_file = int.from_bytes(header[60:64], "big"), int.from_bytes(header[68:72], "big")
    if application != _APPLICATION or in_file != (number, application):
        raise DamagedStore("the file is not a store of burnbook, or its log is of another file")
    return int(number)


def is_damage(error: BaseException) -> bool:
    """Whether an error means that the file itself is unusable, and not that it is busy."""
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, DamagedStore) or code & 0xFF in _DAMAGE or code == _SHORT_READ


def delete(root: str, wait: float = BUSY_SECONDS) -> bool:
    """Delete the database; the next command builds it from the journals.

    False if another process uses it for so many seconds, or if it cannot be deleted.
    """
    try:
        lock = _FolderLock(root, fcntl.LOCK_EX, wait)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        _unlink(root)
    except OSError:
        return False
    finally:
        lock.release()
    return True


def _unlink(root: str) -> None:
    for path in store_file.paths(root):
        path.unlink()


def _wait_for(handle: int, kind: int, wait: float) -> None:
    """Take a lock. Raises BlockingIOError after so many seconds."""
    end = time.monotonic() + wait
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
            return
        if time.monotonic() > end:
            raise BlockingIOError("another process is using the store")
        time.sleep(_PAUSE)
