"""The declaration by which a room gets one journal as tables in the store."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from burnbook.book import codec, journal, precedence

if TYPE_CHECKING:
    from sqlite3 import Connection

    from burnbook.base.rooted_path import RootedPath
    from burnbook.rows.meters import Row
    from burnbook.store.membership import Membership, Span

# Offset and length of a line in the journal, and its typed row: its bytes with `lines`, a `Ranked`
# with `ranked`.
Entry = tuple[int, int, Any]
# The offsets of rows, and the rows.
Batch = tuple[list[int], list[Any]]
Read = Callable[[list[bytes]], list[Any]]


class Projection(Struct, frozen=True):
    """Tables that are derived from one journal.

    `apply(connection, entries)` adds rows to the tables, skips rows whose id is already there, and
    returns how many it skipped. It runs in the transaction that also saves the journal's offset.
    Corrupt lines do not reach it, and rows of a newer version (`NewerRow`) only with `newer`.
    With `lines` it gets every line as bytes, corrupt ones too, and nothing is counted as skipped.
    With `ranked` it gets each row with its line, to choose between rows with the same id.
    For a large journal, `read` returns the rows of many lines, None for a corrupt one, faster than
    `codec.read` of each. `apply` then gets batches of rows (offsets, rows).
    `settle(connection, path)` reads rows again that `apply` could not count alone, and returns how
    many of those that it skipped are no duplicates.
    `bulk(root)` reads a journal of which the tables have no row, if it is worth a second process.
    `after` is a projection of the same journal whose tables `apply` uses; it never is behind.
    Tables that depend on the windows of requests have a `membership.table` among them, and
    `move(connection, path, before, after, end)`, which changes them from one membership to another;
    `path` is that of the journal, of which they have the rows up to byte `end`.
    Another `version` or other `tables` rebuild the projection from the whole journal.
    `check` compares the rows of the tables with those of a rebuild, in any order; `content` has
    SELECT statements to compare instead, if rows have numbers that depend on how they were added,
    and `digest(connection, schema)` returns a value to compare, if SQL cannot express it.
    """

    name: str
    journal: str
    version: int
    tables: Sequence[str]  # CREATE TABLE and CREATE INDEX statements
    apply: "Callable[[Connection, Iterable[Any]], int]"
    newer: bool = False
    lines: bool = False
    ranked: bool = False
    content: Sequence[str] = ()
    read: Read | None = None
    after: "Projection | None" = None
    digest: "Callable[[Connection, str], Any] | None" = None
    bulk: "Callable[[str, Membership], Sequence[Stretch]] | None" = None
    move: "Callable[[Connection, RootedPath, Membership, Membership, int], None] | None" = None
    settle: "Callable[[Connection, RootedPath], int] | None" = None


class Ranked(Struct, frozen=True):
    """A row, its line, and the journal that it is in."""

    row: "Row"
    line: bytes
    path: "RootedPath"

    def outranks(self, offset: int, length: int) -> bool | None:
        """Whether the row counts rather than the one at an offset, which has the same id.

        None if both have the same bytes: one is a duplicate of the other.
        """
        [other_line] = journal.at(self.path, [(offset, length)])
        line, other_line = codec.plain(self.line), codec.plain(other_line)
        if line == other_line:
            return None
        other = codec.decode(self.path.name.removesuffix(".jsonl"), other_line)
        return precedence.rank(self.row, line) < precedence.rank(other, other_line)


class Source(Struct, frozen=True):
    """Where the windows of requests come from: the tables of a projection, and the configuration.

    `version` changes with the configuration. `spans(connection)` reads the tables.
    """

    projection: Projection
    version: str
    spans: "Callable[[Connection], Iterable[Span]]"


class Stretch(Struct, frozen=True):
    """A part of a journal whose rows this process wrote; `apply` adds them to the tables.

    Where these depend on the windows of requests, `spans` are those of the membership used.
    """

    start: int
    end: int
    apply: "Callable[[Connection], None]"
    spans: "tuple[Span, ...]" = ()


def signed(key: int) -> int:
    """A 64-bit key as SQLite stores it: integers there are signed."""
    return key - (1 << 64) if key >= 1 << 63 else key
