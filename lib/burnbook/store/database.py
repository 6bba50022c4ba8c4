"""Opens `cache/book.sqlite`: private, in WAL mode, and never through a symbolic link."""

import os
import sqlite3

from burnbook.base.rooted_path import RootedPath

FILE = "cache/book.sqlite"
FILES = (FILE, f"{FILE}-wal", f"{FILE}-shm")
_BUSY_SECONDS = 1.0

_PROJECTIONS = """CREATE TABLE IF NOT EXISTS projections (
    name TEXT PRIMARY KEY,
    form TEXT NOT NULL,
    offset INTEGER NOT NULL,
    mark BLOB NOT NULL,
    corrupt INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    newer TEXT NOT NULL
) WITHOUT ROWID"""


def open_file(root: str) -> sqlite3.Connection:
    """The database of a book, made where it is missing.

    Raises sqlite3.Error where it cannot be used, OSError where it cannot be made, and IOFault
    where a symbolic link is in its path.
    """
    for name in FILES:
        RootedPath(root, name).status()
    path = RootedPath(root, FILE)
    if not os.path.isdir(root):
        raise FileNotFoundError(root)
    path.parent.make_folder()
    # SQLite gives its other files the mode of this one.
    os.close(path.open(os.O_RDWR | os.O_CREAT))
    database = sqlite3.connect(str(path), timeout=_BUSY_SECONDS, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    return _prepared(database)


def open_memory() -> sqlite3.Connection:
    """An empty database that ends with the process."""
    return _prepared(sqlite3.connect(":memory:", isolation_level=None))


def _prepared(database: sqlite3.Connection) -> sqlite3.Connection:
    database.execute("PRAGMA trusted_schema = OFF")
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'projections'").fetchone():
        database.execute(_PROJECTIONS)
    return database


def remove(root: str) -> None:
    """Delete the database: the next command builds it again from the journals."""
    for name in FILES:
        RootedPath(root, name).unlink()
