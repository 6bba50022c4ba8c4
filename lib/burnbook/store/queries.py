"""Runs the report queries of `sql/`, which are portable to SQLite, DuckDB and Spark.

A query is one SELECT statement in `sql/NAME.sql`. It reads its parameters from the one-row relation
`params`, and gets the day, week and month of a quarter-hour from the relation `calendar`. Both are
temporary tables, in memory, so that a query runs on a read-only disk as well.
"""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from sqlite3 import Connection, Cursor
from typing import Any

from burnbook.base.text import regex
from burnbook.config.settings import PROJECT

QUARTER = 900  # seconds
DAY = 96  # quarter-hours
_EPOCH = date(1970, 1, 1).toordinal()
_HOURS = [f"{hour:02}:00" for hour in range(24)]
Value = str | int | float | None

_NAME = regex("[a-z][a-z0-9_]*")


def run(database: Connection, name: str, **params: Value) -> list[tuple[Any, ...]]:
    """The rows of `sql/NAME.sql`, with these values as the columns of `params`."""
    return _executed(database, name, params).fetchall()


def stream(database: Connection, name: str, **params: Value) -> Cursor:
    """The same as `run`, row by row. Run no other query before the last row."""
    return _executed(database, name, params)


def run_named(database: Connection, name: str, **params: Value) -> list[dict[str, Any]]:
    """The same as `run`, each row by the names of its columns."""
    cursor = _executed(database, name, params)
    heads = [column[0] for column in cursor.description]
    return [dict(zip(heads, values, strict=True)) for values in cursor]


def names() -> list[str]:
    """The names of all queries, sorted."""
    files = os.listdir(os.path.join(PROJECT, "sql"))
    return sorted(file.removesuffix(".sql") for file in files if file.endswith(".sql"))


def _executed(database: Connection, name: str, params: Mapping[str, Value]) -> Cursor:
    if params:
        in_memory(database)
        columns = ", ".join(params)
        database.execute("DROP TABLE IF EXISTS temp.params")
        database.execute(f"CREATE TEMP TABLE params ({columns})")
        marks = ", ".join("?" * len(params))
        database.execute(f"INSERT INTO params VALUES ({marks})", [*params.values()])
    return database.execute(text(name))


@cache
def text(name: str) -> str:
    """The statement in `sql/NAME.sql`."""
    assert _NAME.fullmatch(name), name
    with open(os.path.join(PROJECT, "sql", f"{name}.sql"), encoding="utf-8") as file:
        return file.read()


def set_calendar(database: Connection, quarters: Iterable[int], local: "LocalTime") -> None:
    """Fill `calendar` with these quarter-hours, see `calendar_rows`."""
    in_memory(database)
    database.execute("DROP TABLE IF EXISTS temp.calendar")
    database.execute(
        "CREATE TEMP TABLE calendar (quarter INTEGER PRIMARY KEY, day TEXT NOT NULL,"
        " week TEXT NOT NULL, month TEXT NOT NULL, hour_of_week INTEGER NOT NULL,"
        " hour TEXT NOT NULL)"
    )
    rows = calendar_rows(quarters, local)
    database.executemany("INSERT INTO calendar VALUES (?, ?, ?, ?, ?, ?)", rows)


def calendar_rows(
    quarters: Iterable[int], local: "LocalTime"
) -> list[tuple[int, str, str, str, int, str]]:
    """The rows of `calendar` for these quarter-hours (epoch seconds // 900, UTC).

    Columns: quarter, day (2026-11-22), week (ISO, 2026-W47), month (2026-11), hour_of_week (0 is
    Monday from 00:00 to 00:59) and hour (of the day, 00:00 to 23:00).
    """
    days: dict[int, tuple[str, str, str, int]] = {}
    rows = []
    for quarter in quarters:
        number, second = divmod(local.seconds(quarter), 86_400)
        if number not in days:
            day = date.fromordinal(_EPOCH + number)
            year, week, weekday = day.isocalendar()
            days[number] = str(day), f"{year}-W{week:02}", str(day)[:7], 24 * (weekday - 1)
        name, week_name, month, hours = days[number]
        hour = second // 3600
        rows.append((quarter, name, week_name, month, hours + hour, _HOURS[hour]))
    return rows


def set_stretches(database: Connection, days: Iterable[int], local: "LocalTime") -> None:
    """Fill `stretches` with the parts of UTC days (epoch seconds // 86,400) in one local day.

    A query adds up the quarter-hours of a stretch as they are stored, where a calendar of single
    ones needs a sort. Columns: first (quarter-hour), until (the first one after it), and day, week
    and month as in `calendar`.
    """
    in_memory(database)
    database.execute("DROP TABLE IF EXISTS temp.stretches")
    database.execute(
        "CREATE TEMP TABLE stretches (first INTEGER PRIMARY KEY, until INTEGER NOT NULL,"
        " day TEXT NOT NULL, week TEXT NOT NULL, month TEXT NOT NULL)"
    )
    rows: list[tuple[int, int, str, str, str]] = []
    for day in days:
        firsts = local.first_quarters(day)
        ends = [*firsts[1:], DAY * (day + 1)]
        names = calendar_rows(firsts, local)
        rows += [(row[0], end, *row[1:4]) for row, end in zip(names, ends, strict=True)]
    database.executemany("INSERT INTO stretches VALUES (?, ?, ?, ?, ?)", rows)


class LocalTime:
    """The local time at the start of a quarter-hour. Most days have one offset: looked up once."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._offsets: dict[int, int | None] = {}

    def __call__(self, quarter: int) -> datetime:
        """The local time, as if it were UTC."""
        return datetime.fromtimestamp(self.seconds(quarter), UTC)

    def seconds(self, quarter: int) -> int:
        """The local time as seconds since 1970-01-01T00:00, as if it were UTC.

        A change of clocks within the UTC day is followed exactly.
        """
        offset = self._of_day(quarter // DAY)
        return quarter * QUARTER + (self._offset(quarter) if offset is None else offset)

    def _of_day(self, day: int) -> int | None:
        """The offset of a UTC day in seconds; None if it changes."""
        if day not in self._offsets:
            first, last = (self._offset(day * DAY + n) for n in (0, DAY - 1))
            self._offsets[day] = first if first == last else None
        return self._offsets[day]

    def first_quarters(self, day: int) -> list[int]:
        """The quarter-hours at which a UTC day begins, and the local days that begin in it."""
        first = DAY * day
        offset = self._of_day(day)
        if offset is not None:
            # Local days begin at the multiples of a day, less the offset.
            return sorted({first, first + -(offset // QUARTER) % DAY})
        quarters = range(first, first + DAY)
        dates = [self.seconds(quarter) // 86_400 for quarter in quarters]
        return [q for n, q in enumerate(quarters) if not n or dates[n] != dates[n - 1]]

    def _offset(self, quarter: int) -> int:
        offset = datetime.fromtimestamp(quarter * QUARTER, UTC).astimezone(self.zone).utcoffset()
        return 0 if offset is None else round(offset.total_seconds())


def set_wanted(database: Connection, origins: Iterable[int]) -> None:
    """Fill `wanted` with the ids of origins."""
    in_memory(database)
    database.execute("DROP TABLE IF EXISTS temp.wanted")
    database.execute("CREATE TEMP TABLE wanted (origin INTEGER PRIMARY KEY)")
    database.executemany("INSERT INTO wanted VALUES (?)", ((origin,) for origin in origins))


def in_memory(database: Connection) -> None:
    """Keep temporary tables in memory, so that queries also run on a read-only disk."""
    # Before the first temporary table: setting it again deletes them all.
    if database.execute("PRAGMA temp_store").fetchone()[0] != 2:
        database.execute("PRAGMA temp_store = MEMORY")
