"""Exports the sums of requests from the store: kind=usage, by month.

A row has the sums of one quarter-hour (epoch seconds // 900) and one origin of requests, as
`usage_cells` and `usage_origins` of the store. A month has one file, which is replaced.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby, islice
from sqlite3 import Connection
from typing import Any

import pyarrow as pa

from burnbook.base.rooted_path import RootedPath
from burnbook.parquet.manifest import USAGE as KIND
from burnbook.parquet.manifest import File, folder_of
from burnbook.parquet.parts import GROUP_ROWS, Part
from burnbook.store import membership
from burnbook.store.queries import QUARTER
from burnbook.store.store import Store
from burnbook.usage.projection import USAGE
from burnbook.usage.tables.schema import NAME

HOST = "all"
_FLAGS = ("is_subagent", "has_usd")
_TYPES = {"TEXT": pa.string(), "INTEGER": pa.int64()}


class Sums:
    """The sums of a book as the store has them now. `version` changes with them."""

    def __init__(self, store: Store) -> None:
        self._database = store.view(USAGE)
        select = "SELECT form, offset, mark FROM projections WHERE name = ?"
        [(form, offset, mark)] = self._database.execute(select, [NAME])
        windows = membership.version(self._database, NAME)
        self.version = f"1.{form}.{offset}.{bytes(mark).hex()[-32:]}.{windows}"

    def write(self, folder: str, was: dict[str, File]) -> dict[str, File]:
        """Writes the months that changed; returns the files of all, by their paths."""
        files = {}
        columns = _columns(self._database)
        schema = pa.schema([(name, kind) for name, kind, _ in columns])
        for month, rows in groupby(self._rows(columns), key=lambda row: _month(row[0])):
            part = Part(RootedPath(folder, folder_of(KIND, HOST, month)), "part-0", schema)
            try:
                while group := list(islice(rows, GROUP_ROWS)):
                    columns_of_group = zip(zip(*group, strict=True), schema.types, strict=True)
                    arrays = [pa.array(values, kind) for values, kind in columns_of_group]
                    part.add(pa.Table.from_arrays(arrays, schema=schema), 0, 0)
                path, file = part.finish(lambda *_: "part-0.parquet", was)
                files[path] = file
            finally:
                part.discard()
        return files

    def _rows(self, columns: list[tuple[str, Any, str]]) -> Iterator[tuple[Any, ...]]:
        names = ", ".join(source for _, _, source in columns)
        flags = {n for n, (name, *_) in enumerate(columns) if name in _FLAGS}
        rows = self._database.execute(
            f"SELECT {names} FROM usage_cells AS c JOIN usage_origins AS o ON o.id = c.origin"
            " ORDER BY c.quarter, c.origin"
        )
        for row in rows:
            yield tuple(bool(v) if n in flags else v for n, v in enumerate(row))


def _columns(database: Connection) -> list[tuple[str, Any, str]]:
    """Returns name, Arrow type and source of each column: the quarter-hour first."""
    columns = {}
    for table, alias in (("usage_cells", "c"), ("usage_origins", "o")):
        for _, name, kind, *_ in database.execute(f"PRAGMA table_info({table})"):
            if (table, name) != ("usage_origins", "id") and name != "kind_id":
                arrow = pa.bool_() if name in _FLAGS else _TYPES[kind]
                columns[name] = (name, arrow, f"{alias}.{name}")
    first = columns.pop("quarter")
    return [first, *columns.values()]


def _month(quarter: int) -> str:
    moment = datetime.fromtimestamp(quarter * QUARTER, UTC)
    return f"{moment.year:04}-{moment.month:02}"
