"""SQLite, on the book's own store."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from sqlite3 import Connection, Error
from typing import Any

from burnbook.base.errors import BadData, IOFault
from burnbook.engines import BOOK, Columns, Group, Source, Table
from burnbook.store import queries
from burnbook.store.projection import Projection
from burnbook.telemetry.costs.projection import features
from burnbook.telemetry.projection import telemetry
from burnbook.telemetry.traffic import unpack_counts
from burnbook.usage.projection import USAGE

READS = BOOK
_KINDS = {"integer": "INTEGER", "real": "REAL", "text": "TEXT", "moment": "TEXT"}

_READS = {
    *(sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION),
    sqlite3.SQLITE_RECURSIVE,
}
_STEPS = 100_000  # of SQLite's machine: some ms
_MAX_VALUE = 16 << 20  # bytes of a text or blob

# The tables of cost-compare with names instead of hashes, and integers instead of text.
_COSTS = (
    """CREATE TEMP VIEW cost_matched AS
    SELECT window_id, feature FROM main.telemetry_costs WHERE feature <> 0
    GROUP BY 1, 2 HAVING min(is_routed) < max(is_routed)""",
    """CREATE TEMP VIEW cost_cells AS
    SELECT c.window_id, CASE WHEN c.feature <> 0 THEN f.name END AS feature, c.is_routed, c.is_ok,
        c.model, c.day, c.prompt_tokens, c.has_usd, c.requests,
        CAST(c.input_tokens AS INTEGER) AS input_tokens,
        CAST(c.output_tokens AS INTEGER) AS output_tokens,
        CAST(c.cached_input_tokens AS INTEGER) AS cached_input_tokens,
        CAST(c.cache_write_tokens AS INTEGER) AS cache_write_tokens,
        c.unknown AS unknown_requests,
        CAST(c.spent_input AS INTEGER) AS spent_input,
        CAST(c.spent_output AS INTEGER) AS spent_output,
        CAST(c.spent_cached AS INTEGER) AS spent_cached,
        CAST(c.spent_written AS INTEGER) AS spent_written,
        CAST(c.spent_written_1h AS INTEGER) AS spent_written_1h,
        CAST(c.usd_nanos AS INTEGER) AS usd_nanos, c.usd_requests
    FROM main.telemetry_costs AS c
    JOIN main.telemetry_features AS f ON f.window_id = c.window_id AND f.feature = c.feature
    LEFT JOIN cost_matched AS m ON m.window_id = c.window_id AND m.feature = c.feature
    WHERE c.feature = 0 OR m.feature IS NOT NULL""",
    """CREATE TEMP VIEW cost_counts AS
    SELECT window_id, without_feature, single + (
        SELECT count(*) FROM main.telemetry_features AS f
        WHERE f.window_id = counts.window_id AND f.feature <> 0
    ) AS features
    FROM main.telemetry_feature_counts AS counts""",
)


class SQLite:
    """The store of a book. Relations of our own are temporary tables, in memory."""

    def __init__(self, source: Source) -> None:
        self._store = source.store
        self._groups: set[Group] = set()
        self._database: Connection | None = None

    def set_table(self, name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Create a relation from rows, or replace it."""
        database = self._connection
        queries.in_memory(database)
        database.execute(f"DROP TABLE IF EXISTS temp.{name}")
        types = ", ".join(f"{column} {_KINDS[kind]}" for column, kind in columns.items())
        database.execute(f"CREATE TEMP TABLE {name} ({types})")
        marks = ", ".join("?" * len(columns))
        database.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)

    def add(self, group: Group) -> None:
        """Create the relations of a group."""
        if group in self._groups:
            return
        self._groups.add(group)
        if group == "usage":
            self._view(USAGE)
        elif group == "telemetry":
            database = self._view(telemetry(self._store.root))
            self.set_table("telemetry_latencies", _LATENCIES, _latencies(database))
        else:
            database = self._view(features(self._store.root))
            queries.in_memory(database)
            for view in _COSTS:
                database.execute(view)
            self.set_table("cost_latencies", _COST_LATENCIES, _cost_latencies(database))

    def select(self, sql: str) -> Table:
        """Run one SELECT statement."""
        try:
            cursor = self._connection.execute(sql)
            names = [column[0] for column in cursor.description or ()]
            return Table(names, cursor.fetchall())
        except Error as error:
            raise BadData(f"SQLite: {error}") from None

    def read_only(self, sql: str, limit: int) -> Table:
        """Run one statement of a user, which can only read; returns at most `limit` rows."""
        database = self._connection
        database.set_authorizer(_authorize)
        database.set_progress_handler(_go_on, _STEPS)  # Python handles Ctrl-C there
        before = database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
        try:
            cursor = database.execute(sql)
            names = [column[0] for column in cursor.description or ()]
            return Table(names, [*islice(cursor, limit)])
        except (Error, sqlite3.Warning, UnicodeEncodeError) as error:
            text = "only SELECT is allowed" if "not authorized" in str(error) else error
            raise BadData(f"SQLite: {text}") from None
        finally:
            database.set_authorizer(None)
            database.set_progress_handler(None, 0)
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)

    def close(self) -> None:
        """The store belongs to the command, and stays open."""

    @property
    def _connection(self) -> Connection:
        return self._database or self._view(USAGE)

    def _view(self, projection: Projection) -> Connection:
        connection = self._store.view(projection)
        if self._database is not None and connection is not self._database:
            # The store moved to memory, without the temporary tables.
            raise IOFault("the cache could not be read to the end; run the command again")
        self._database = connection
        return connection


_LATENCIES: Columns = {
    "window_id": "text",
    "is_routed": "integer",
    "latency_ms": "real",
    "requests": "integer",
}
_COST_LATENCIES: Columns = {"window_id": "text", "feature": "text", **_LATENCIES}


def _authorize(action: int, first: str | None, *_: str | None) -> int:
    """Allows what only reads tables: SELECT, columns, functions, recursion."""
    return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY


def _go_on() -> int:
    return 0


def open_engine(source: Source) -> SQLite:
    """Returns the engine on the store of the book."""
    return SQLite(source)


def _latencies(database: Connection) -> Iterator[Sequence[Any]]:
    """How many requests of each window and side took so many ms; the store has them as arrays."""
    columns = "baseline_ms, baseline_requests, routed_ms, routed_requests"
    for window, *arrays in database.execute(f"SELECT window_id, {columns} FROM telemetry_windows"):
        for is_routed in (0, 1):
            counts = unpack_counts(*arrays[2 * is_routed : 2 * is_routed + 2])
            for latency, requests in counts.items():
                yield window, is_routed, latency, requests


def _cost_latencies(database: Connection) -> Iterator[Sequence[Any]]:
    """The same of whole windows, and of each feature with requests on both sides."""
    rows = database.execute(
        "SELECT f.window_id, CASE WHEN f.feature <> 0 THEN f.name END,"
        " f.baseline_ms, f.baseline_requests, f.routed_ms, f.routed_requests"
        " FROM main.telemetry_features AS f LEFT JOIN cost_matched AS m"
        " ON m.window_id = f.window_id AND m.feature = f.feature"
        " WHERE f.feature = 0 OR m.feature IS NOT NULL"
    ).fetchall()
    for window, feature, *arrays in rows:
        for is_routed in (0, 1):
            counts = unpack_counts(*arrays[2 * is_routed : 2 * is_routed + 2])
            for latency, requests in counts.items():
                yield window, feature, is_routed, latency, requests
