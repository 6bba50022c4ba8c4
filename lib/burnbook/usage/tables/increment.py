"""What a part of the journal adds to the tables."""

from array import array
from collections.abc import Sequence
from itertools import chain
from sqlite3 import Connection

import msgspec

from burnbook.store import time_index
from burnbook.store.membership import Span
from burnbook.store.projection import Stretch
from burnbook.store.time_index import Block
from burnbook.usage.booked_rows import RowEntry
from burnbook.usage.counts import Origin
from burnbook.usage.tables.cells import add_cells
from burnbook.usage.tables.schema import (
    FIRST_ROW,
    INSERT_ALIAS,
    INSERT_ROW,
    INSERT_SESSION,
    NAME,
    insert,
    insert_packed,
)


class Increment(msgspec.Struct):
    """What the rows from byte `start` to byte `end` of the journal add to the tables.

    `first_rows` and `aliases` are from `pack`: a fifth of the memory of tuples.
    `first_rows` are request, tokens, offset, session and tools of the first rows of requests,
    `rows` are the other rows. `aliases` are an alias and its request. `sessions` are the last times
    of sessions. `cells` are quarter-hour, index in `origins`, and the fields of `Counts`. `spans`
    are the windows of rows that name none.
    """

    start: int
    end: int
    first_rows: bytes
    rows: Sequence[RowEntry]
    aliases: bytes
    sessions: dict[int, int]
    origins: Sequence[Origin]
    cells: Sequence[tuple[int, ...]]
    blocks: Sequence[Block]
    spans: tuple[Span, ...] = ()

    def stretch(self) -> Stretch:
        """The same for the store."""
        return Stretch(self.start, self.end, self.add_to, self.spans)

    def add_to(self, database: Connection) -> None:
        """Add it to the tables."""
        insert_packed(database, INSERT_ROW, array("q", self.first_rows), FIRST_ROW)
        insert(database, INSERT_ROW, sorted(self.rows))
        insert_packed(database, INSERT_ALIAS, array("q", self.aliases), "(?, ?)")
        insert(database, INSERT_SESSION, [*self.sessions.items()])
        add_cells(database, self.origins, self.cells)
        time_index.add(database, NAME, self.blocks)


def add_aliases(columns: tuple[list[int], list[int]], request: int, aliases: Sequence[int]) -> None:
    """Add aliases of a request (its signed key) to the columns of aliases and of their requests."""
    columns[0].extend(aliases)
    columns[1].extend([request] * len(aliases))


def pack(keys: Sequence[int], *columns: Sequence[int]) -> bytes:
    """Rows of an unsigned 64-bit key and other numbers, in about the order of signed keys.

    In that order they are inserted in half of the time. Only the 16 highest bits are compared:
    Python compares numbers below 2**30 quickly, which takes 0.4 of the time of a sort of tuples.
    """
    signed = array("q", array("Q", keys).tobytes())
    high = [key >> 48 for key in signed]
    order = sorted(range(len(high)), key=high.__getitem__)
    ordered = [map(column.__getitem__, order) for column in (signed, *columns)]
    return array("q", chain.from_iterable(zip(*ordered, strict=True))).tobytes()
