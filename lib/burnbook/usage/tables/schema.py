"""The statements that create and fill the tables of agents' usage."""

from array import array
from collections.abc import Sequence
from itertools import chain
from sqlite3 import Connection
from typing import Any

from burnbook.book.codec import SCHEMA_VERSION
from burnbook.store import membership, time_index
from burnbook.usage.booked_rows import DIFFERENCE
from burnbook.usage.counts import Counts

JOURNAL, NAME = "agent_usage", "usage"
_AT_A_TIME = 40  # rows of one INSERT: fewer than the 999 parameters that SQLite may be limited to

SUMS = Counts.__struct_fields__
TABLES = (
    """CREATE TABLE usage_rows (
    request INTEGER NOT NULL, -- the key of the request's first row
    row INTEGER NOT NULL, -- 0 for that row, the row's own key for one that supersedes another
    revision INTEGER NOT NULL, -- how many rows of the request came before it
    tokens INTEGER NOT NULL,
    offset INTEGER NOT NULL, -- of the row in the journal
    version INTEGER NOT NULL, -- schema_version
    session INTEGER NOT NULL, -- as in usage_sessions
    counted INTEGER NOT NULL, -- NOTHING, DIFFERENCE or WHOLE: see `booked_rows`
    tools INTEGER NOT NULL, -- how many the request called, or NOT_KNOWN
    PRIMARY KEY (request, row)
) WITHOUT ROWID""",
    # The rows with the id of one of `usage_rows` and other bytes, which do not count.
    """CREATE TABLE usage_conflicts (
    request INTEGER NOT NULL,
    row INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (request, row, offset)
) WITHOUT ROWID""",
    # The rows after which `settle` has to look at their requests. It is empty afterwards.
    """CREATE TABLE usage_unsettled (
    request INTEGER NOT NULL,
    row INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (request, row, offset)
) WITHOUT ROWID""",
    "CREATE TABLE usage_aliases (alias INTEGER PRIMARY KEY, request INTEGER NOT NULL)",
    """CREATE TABLE usage_sessions (
    session INTEGER PRIMARY KEY, -- a hash of tool and session
    ends INTEGER NOT NULL -- the time of its last request, in epoch milliseconds
)""",
    """CREATE TABLE usage_origins (
    id INTEGER PRIMARY KEY,
    tool TEXT NOT NULL,
    model TEXT,
    session TEXT,
    project TEXT,
    branch TEXT,
    is_subagent INTEGER NOT NULL,
    window_id TEXT,
    has_usd INTEGER NOT NULL,
    speed TEXT,
    service_tier TEXT,
    inference_geo TEXT,
    served_by TEXT,
    prompt_tokens INTEGER NOT NULL,
    subagent TEXT,
    home TEXT,
    agent TEXT,
    kind_id INTEGER NOT NULL -- of usage_kinds: reports add by one number, not by eight columns
)""",
    """CREATE TABLE usage_kinds (
    id INTEGER PRIMARY KEY,
    tool TEXT NOT NULL,
    model TEXT,
    has_usd INTEGER NOT NULL,
    speed TEXT,
    service_tier TEXT,
    inference_geo TEXT,
    served_by TEXT,
    prompt_tokens INTEGER NOT NULL
)""",
    f"""CREATE TABLE usage_cells (
    origin INTEGER NOT NULL,
    quarter INTEGER NOT NULL,
    kind_id INTEGER NOT NULL, -- that of the origin: reports of days read the cells in this order
    {", ".join(f"{name} INTEGER NOT NULL" for name in SUMS)},
    PRIMARY KEY (kind_id, quarter, origin)
) WITHOUT ROWID""",
    "CREATE INDEX usage_cells_of_origin ON usage_cells (origin, quarter)",
    membership.table(NAME),
    time_index.table(NAME),
)
INSERT_ROW = "INSERT INTO usage_rows VALUES {values}"
FIRST_ROW = f"(?, 0, 0, ?, ?, {SCHEMA_VERSION}, ?, {DIFFERENCE}, ?)"
"""The values of a request's first row, of this version: request, tokens, offset, session, tools."""
# Of two requests with an alias, which is a fault elsewhere, the same one has it in any order.
INSERT_ALIAS = (
    "INSERT INTO usage_aliases VALUES {values}"
    " ON CONFLICT (alias) DO UPDATE SET request = min(request, excluded.request)"
)
INSERT_SESSION = (
    "INSERT INTO usage_sessions VALUES {values}"
    " ON CONFLICT (session) DO UPDATE SET ends = max(ends, excluded.ends)"
)
INSERT_ORIGIN = "INSERT OR IGNORE INTO usage_origins VALUES {values}"
INSERT_KIND = "INSERT OR IGNORE INTO usage_kinds VALUES {values}"
ADD_TO_CELL = (
    "INSERT INTO usage_cells VALUES {values}"
    " ON CONFLICT (kind_id, quarter, origin) DO UPDATE SET "
    + ", ".join(f"{name} = {name} + excluded.{name}" for name in SUMS)
)
DELETE_EMPTY = f"DELETE FROM usage_cells WHERE {' AND '.join(f'{name} = 0' for name in SUMS)}"
# An origin remains in the table when its last request gets another one.
HAS_USAGE = "EXISTS (SELECT 1 FROM usage_cells WHERE origin = usage_origins.id AND requests <> 0)"
INSERT_CONFLICT = "INSERT OR IGNORE INTO usage_conflicts VALUES {values}"
INSERT_UNSETTLED = "INSERT OR IGNORE INTO usage_unsettled VALUES {values}"

# The number of an origin depends on the order of rows, and a cell may be empty. How a row counts
# depends on whether `settle` or a writer had the last row of its request.
CONTENT = (
    "SELECT request, row, revision, tokens, offset, version, session, tools"
    " FROM {schema}.usage_rows",
    "SELECT * FROM {schema}.usage_conflicts",
    "SELECT * FROM {schema}.usage_aliases",
    "SELECT * FROM {schema}.usage_sessions",
    f"SELECT quarter, origins.*, kinds.*, {', '.join(SUMS)} FROM {{schema}}.usage_cells AS cells"
    " JOIN {schema}.usage_origins AS origins ON origins.id = origin"
    " AND origins.kind_id = cells.kind_id"
    " JOIN {schema}.usage_kinds AS kinds ON kinds.id = cells.kind_id WHERE requests <> 0",
)


def insert(database: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of equal length; `{values}` in the statement stands for theirs.

    40 rows at a time take 0.7 of the time of one by one: 2 % of a first ingest.
    """
    whole = len(rows) // _AT_A_TIME * _AT_A_TIME
    for size, part in ((_AT_A_TIME, rows[:whole]), (1, rows[whole:])):
        if part:
            values = ", ".join([f"({', '.join('?' * len(part[0]))})"] * size)
            groups = zip(*[iter(part)] * size, strict=True)
            sql = statement.format(values=values)
            database.executemany(sql, map(list, map(chain.from_iterable, groups)))


def insert_packed(database: Connection, statement: str, numbers: "array[int]", row: str) -> None:
    """The same with the parameters of rows one after another; `row` has the values of one."""
    width = row.count("?")
    whole = len(numbers) // (width * _AT_A_TIME) * width * _AT_A_TIME
    for size, part in ((_AT_A_TIME, numbers[:whole]), (1, numbers[whole:])):
        step = size * width
        groups = (part[at : at + step].tolist() for at in range(0, len(part), step))
        database.executemany(statement.format(values=", ".join([row] * size)), groups)
