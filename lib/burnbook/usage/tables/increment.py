"""What a part of the journal adds to the tables."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import itemgetter
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

    `first_rows` are from `pack`, `rows` are the others. `aliases` are pairs of an alias and its
    request. `sessions` are the last times of sessions. `cells` are quarter-hour, index in
    `origins`, and the fields of `Counts`. `spans` are the windows of rows that name none.
    """

    start: int
    end: int
    first_rows: bytes
    rows: Sequence[RowEntry]
    aliases: Sequence[tuple[int, int]]
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
        insert(database, INSERT_ALIAS, sorted(self.aliases))
        insert(database, INSERT_SESSION, [*self.sessions.items()])
        add_cells(database, self.origins, self.cells)
        time_index.add(database, NAME, self.blocks)


def pack(rows: Iterable[tuple[int, int, int, int]]) -> bytes:
    """Request, tokens, offset and session of first rows as 64-bit numbers, in order of requests.

    As tuples, the rows of 200,000 requests take 25 MB instead of 6. In order they are inserted in
    half of the time.
    """
    ordered = sorted(rows, key=itemgetter(0))
    return array("q", chain.from_iterable(ordered)).tobytes()
