"""What a room declares to have one journal as tables in the store."""

from collections.abc import Callable, Iterable, Sequence
from sqlite3 import Connection
from typing import Any, NamedTuple

# Offset and length of a line in the journal, and its typed row.
Entry = tuple[int, int, Any]


class Projection(NamedTuple):
    """Tables that are derived from one journal.

    `apply(database, entries)` adds rows to the tables, skips rows whose id it has already, and
    returns how many those were. It runs in the transaction that also stores the journal's offset.
    Corrupt lines do not reach it, and rows of a newer version (`NewerRow`) only with `newer`.
    Another `version` or other `tables` rebuild the projection from the whole journal.
    """

    name: str
    journal: str
    version: int
    tables: Sequence[str]  # CREATE statements; a table has its name as the third word
    apply: Callable[[Connection, Iterable[Entry]], int]
    newer: bool = False


class Stretch(NamedTuple):
    """A part of a journal whose rows this process wrote, and what they add to the tables."""

    start: int
    end: int
    apply: Callable[[Connection], None]
