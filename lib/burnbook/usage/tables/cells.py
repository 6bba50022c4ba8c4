"""The sums of each quarter-hour and origin, and what a row adds to them."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from sqlite3 import Connection
from typing import Any

import msgspec
from msgspec.structs import astuple
from xxhash import xxh3_64_intdigest

from burnbook.rows.usage import AgentUsage, Superseded
from burnbook.store.membership import Membership
from burnbook.store.projection import signed
from burnbook.store.queries import QUARTER
from burnbook.usage.booked_rows import DIFFERENCE, NOTHING
from burnbook.usage.counts import Counts, Origin, counts, moment, origin
from burnbook.usage.tables.schema import ADD_TO_CELL, INSERT_KIND, INSERT_ORIGIN, insert

Values = AgentUsage | Superseded


def signed_values(row: AgentUsage) -> list[tuple[Values, int]]:
    """What a row adds, and what it subtracts."""
    return [(row, 1)] if row.superseded is None else [(row, 1), (row.superseded, -1)]


def counted_values(row: AgentUsage, counted: int) -> list[tuple[Values, int]]:
    """The same of a row that counts as NOTHING, DIFFERENCE or WHOLE."""
    if counted == NOTHING:
        return []
    return signed_values(row) if counted == DIFFERENCE else [(row, 1)]


class Cells:
    """Sums by quarter-hour and origin."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, Origin], Counts] = {}

    def add(self, row: AgentUsage, values: Values, windows: Membership, sign: int) -> None:
        """Add the values of a row, or subtract them."""
        quarter = int(moment(row, values).timestamp()) // QUARTER
        key = quarter, origin(row, values, windows)
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = Counts()
        cell.add(counts(values), sign)

    def rows(self) -> tuple[list[Origin], list[tuple[int, ...]]]:
        """The origins, and cells as in `Increment`."""
        numbers = {name: n for n, name in enumerate(dict.fromkeys(name for _, name in self._cells))}
        sums = [(q, numbers[name], *astuple(added)) for (q, name), added in self._cells.items()]
        return [*numbers], sums


def _id(names: tuple[Any, ...]) -> int:
    return signed(xxh3_64_intdigest(msgspec.json.encode(names)))


def add_cells(
    database: Connection, origins: Sequence[Origin], cells: Iterable[Sequence[int]]
) -> None:
    """Add cells (quarter-hour, index in `origins`, sums) to the tables."""
    ids = [*map(_id, origins)]
    kinds = {name: _id(name) for name in {origin.kind() for origin in origins}}
    insert(database, INSERT_KIND, [(key, *name) for name, key in kinds.items()])
    of_origins = [kinds[name.kind()] for name in origins]
    rows_of_origins = [(ids[n], *name, of_origins[n]) for n, name in enumerate(origins)]
    insert(database, INSERT_ORIGIN, rows_of_origins)
    rows = [(ids[number], quarter, of_origins[number], *sums) for quarter, number, *sums in cells]
    rows.sort(key=itemgetter(2, 1, 0))  # in the order of the table
    insert(database, ADD_TO_CELL, rows)
