"""The tables that are derived from agent_usage.jsonl: which requests are booked, and their sums.

`usage_rows` has every row once, by the 64-bit key of its request and, for a row that supersedes an
earlier one, its own. `usage_cells` has the sums of each quarter-hour (epoch seconds // 900, UTC)
and origin. A row that supersedes another subtracts what that one had added.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from sqlite3 import Connection

import msgspec
from msgspec.structs import astuple
from xxhash import xxh3_64_intdigest

from burnbook.rows.meters import NewerRow
from burnbook.rows.usage import AgentUsage
from burnbook.store.projection import Entry, Projection, Stretch, signed
from burnbook.store.queries import QUARTER
from burnbook.usage.counts import Counts, Origin, counts, origin

JOURNAL = "agent_usage"
MAX_TOKENS = (1 << 63) - 1
_BATCH = 20_000  # rows at a time: their keys are inserted in order
_ID_LENGTH = len("u-0123456789abcdef")  # of the rows that `ingest` writes

_SUMS = Counts.__struct_fields__
_TABLES = (
    """CREATE TABLE usage_rows (
    request INTEGER NOT NULL, -- the key of the request's first row
    row INTEGER NOT NULL, -- 0 for that row, the row's own key for one that supersedes another
    tokens INTEGER NOT NULL,
    offset INTEGER NOT NULL, -- of the row in the journal
    PRIMARY KEY (request, row)
) WITHOUT ROWID""",
    """CREATE TABLE usage_origins (
    id INTEGER PRIMARY KEY,
    tool TEXT NOT NULL,
    model TEXT,
    session TEXT,
    project TEXT,
    branch TEXT,
    is_subagent INTEGER NOT NULL,
    window_id TEXT,
    has_usd INTEGER NOT NULL
)""",
    f"""CREATE TABLE usage_cells (
    origin INTEGER NOT NULL,
    quarter INTEGER NOT NULL,
    {", ".join(f"{name} INTEGER NOT NULL" for name in _SUMS)},
    PRIMARY KEY (origin, quarter)
) WITHOUT ROWID""",
)
_INSERT_ROW = "INSERT INTO usage_rows VALUES (?, ?, ?, ?)"
_INSERT_ORIGIN = "INSERT OR IGNORE INTO usage_origins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_TO_CELL = (
    f"INSERT INTO usage_cells VALUES ({', '.join('?' * (2 + len(_SUMS)))})"
    " ON CONFLICT (origin, quarter) DO UPDATE SET "
    + ", ".join(f"{name} = {name} + excluded.{name}" for name in _SUMS)
)

# Request, row, tokens and offset, as in `usage_rows`.
RowEntry = tuple[int, int, int, int]


class Increment(msgspec.Struct):
    """What the rows from byte `start` to byte `end` of the journal add to the tables.

    `cells` are quarter-hour, index in `origins`, and the fields of `Counts`.
    """

    start: int
    end: int
    rows: Sequence[RowEntry]
    origins: Sequence[Origin]
    cells: Sequence[tuple[int, ...]]

    def stretch(self) -> Stretch:
        """The same for the store."""
        return Stretch(self.start, self.end, self._add_to)

    def _add_to(self, database: Connection) -> None:
        database.executemany(_INSERT_ROW, sorted(self.rows))
        _add_cells(database, self.origins, self.cells)


def apply(database: Connection, entries: Iterable[Entry]) -> int:
    """Add rows of the journal to the tables; returns how many are in them already."""
    waiting, duplicates = iter(entries), 0
    while batch := list(islice(waiting, _BATCH)):
        added: dict[tuple[int, int], tuple[int, AgentUsage | NewerRow]] = {}
        for offset, _, row in batch:
            first = None if isinstance(row, NewerRow) else row.first
            added.setdefault(row_keys(row.id, first), (offset, row))
        for key in booked(database, {request for request, _ in added}).keys() & added.keys():
            del added[key]
        duplicates += len(batch) - len(added)
        rows = [(*key, total_of(row), offset) for key, (offset, row) in added.items()]
        database.executemany(_INSERT_ROW, sorted(rows))
        cells: dict[tuple[int, Origin], Counts] = {}
        for _, row in added.values():
            if isinstance(row, NewerRow):
                continue
            quarter = int(row.ts.timestamp()) // QUARTER
            for tokens, sign in ((row, 1), (row.superseded, -1)):
                if tokens is not None:
                    cell = cells.setdefault((quarter, origin(row, tokens)), Counts())
                    cell.add(counts(tokens), sign)
        numbers = {name: n for n, name in enumerate(dict.fromkeys(name for _, name in cells))}
        sums = ((q, numbers[name], *astuple(added)) for (q, name), added in cells.items())
        _add_cells(database, [*numbers], sums)
    return duplicates


def booked(database: Connection, requests: Iterable[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """Tokens and offset of the rows of some requests, by the keys of request and row."""
    if database.execute("SELECT 1 FROM usage_rows LIMIT 1").fetchone() is None:
        return {}
    rows = database.execute(
        "SELECT request, row, tokens, offset FROM usage_rows"
        " WHERE request IN (SELECT value FROM json_each(?))",
        [msgspec.json.encode(sorted(requests)).decode()],
    )
    return {(request, row): (tokens, offset) for request, row, tokens, offset in rows}


def row_keys(row_id: str, first: str | None) -> tuple[int, int]:
    """The keys of a row's request and of the row, as in `usage_rows`."""
    return (_key(row_id), 0) if first is None else (_key(first), _key(row_id))


def total_of(row: AgentUsage | NewerRow) -> int:
    """All tokens of a row. No row supersedes one of a newer version."""
    return MAX_TOKENS if isinstance(row, NewerRow) else counts(row).total


def _key(row_id: str) -> int:
    if len(row_id) == _ID_LENGTH:
        with suppress(ValueError):
            return signed(int(row_id[2:], 16))
    return signed(xxh3_64_intdigest(row_id.encode("utf-8", "surrogatepass")))


def _add_cells(
    database: Connection, origins: Sequence[Origin], cells: Iterable[Sequence[int]]
) -> None:
    ids = [signed(xxh3_64_intdigest(msgspec.json.encode(name))) for name in origins]
    rows_of_origins = [(key, *name) for key, name in zip(ids, origins, strict=True)]
    database.executemany(_INSERT_ORIGIN, rows_of_origins)
    rows: Iterator[tuple[int, ...]] = (
        (ids[number], quarter, *sums) for quarter, number, *sums in cells
    )
    database.executemany(_ADD_TO_CELL, sorted(rows))


# The number of an origin depends on the order of rows, and a cell may be empty.
_CONTENT = (
    "SELECT * FROM {schema}.usage_rows",
    "SELECT quarter, tool, model, session, project, branch, is_subagent, window_id, has_usd, "
    f"{', '.join(_SUMS)} FROM {{schema}}.usage_cells JOIN {{schema}}.usage_origins AS origins"
    " ON origins.id = origin WHERE requests <> 0",
)
USAGE = Projection("usage", JOURNAL, 1, _TABLES, apply, newer=True, content=_CONTENT)
