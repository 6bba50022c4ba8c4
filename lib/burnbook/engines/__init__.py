"""SQL engines. Each file of this folder is one: `query NAME --engine ENGINE` runs on it.

A module has `open_engine(source) -> Engine`. Its class declares what it reads: the book (`BOOK`) or
a folder that `export parquet` wrote (`EXPORT`). The optional `EXTRA` names the packages that it
imports inside its functions, see `burnbook.extras`.

Queries read relations of the same names and columns on every engine. `Engine.add` creates those of
a group: `usage` (usage_origins, usage_cells), `telemetry` (telemetry_groups, telemetry_latencies)
and `costs` (cost_cells, cost_latencies, cost_counts).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Literal, NamedTuple, Protocol

from burnbook.base.errors import UsageError
from burnbook.base.files import plugins
from burnbook.engines._settings import DuckDB as DuckDB
from burnbook.engines._settings import Settings as Settings
from burnbook.engines._settings import Spark as Spark
from burnbook.engines._settings import read_settings as read_settings
from burnbook.store.membership import Membership
from burnbook.store.store import Store

Kind = Literal["integer", "real", "text", "moment"]
"""The type of a column: 64-bit integer, double, text, or a moment (an aware datetime)."""
Columns = Mapping[str, Kind]
Group = Literal["usage", "telemetry", "costs"]
BOOK, EXPORT = "book", "export"


class Table(NamedTuple):
    """The result of a statement: the names of its columns, and its rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


class Source(NamedTuple):
    """What an engine reads.

    `store` has the tables of the book; `folder` is an export. `membership` returns the windows of
    requests that name none. `notes` are printed to stderr.
    """

    store: Store
    folder: str | None
    settings: Settings
    membership: Callable[[], Membership]
    notes: list[str]


class Engine(Protocol):
    """One connection to an engine."""

    def set_table(self, name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Create a relation from rows, or replace it."""

    def add(self, group: Group) -> None:
        """Create the relations of a group."""

    def select(self, sql: str) -> Table:
        """Run one SELECT statement. Raises BadData with the engine's message if it fails."""

    def close(self) -> None:
        """End the connection."""


def names() -> tuple[str, ...]:
    """Returns the engines, sorted, without importing their packages."""
    return plugins(__path__[0])


def load(name: str) -> ModuleType:
    """Returns the module of an engine. Raises UsageError for an unknown name."""
    if name not in names():
        raise UsageError(f"unknown engine {name!r}; valid: {', '.join(names())}")
    return import_module(f"{__name__}.{name}")
