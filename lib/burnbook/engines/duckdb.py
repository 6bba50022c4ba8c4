"""DuckDB, on the Parquet files of an export."""

import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from burnbook.base.errors import BadConfig, BadData, UsageError
from burnbook.engines import EXPORT, Columns, Source, Table
from burnbook.engines._parquet import ParquetEngine, arrow_table, first_line

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

READS, EXTRA = EXPORT, "query"
_GLOB = "*?[{"


class DuckDB(ParquetEngine):
    """One connection in memory. What exceeds its memory goes to a temporary folder."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        import duckdb

        if any(character in self.export.folder for character in _GLOB):
            raise UsageError(
                f"DuckDB reads {_GLOB} in {self.export.folder} as a pattern; rename the folder"
            )
        settings = source.settings.duckdb
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if settings.temp_directory is None:
            self._folder = tempfile.TemporaryDirectory(prefix="burnbook-duckdb-")
            folder = self._folder.name
        else:
            folder = os.path.expanduser(settings.temp_directory)
        config: dict[str, Any] = {
            "memory_limit": settings.memory_limit,
            "temp_directory": folder,
            "autoinstall_known_extensions": "false",
            "preserve_insertion_order": "false",
            "TimeZone": "UTC",
        }
        if settings.threads:
            config["threads"] = str(settings.threads)
        self._errors = duckdb.Error
        self._is_locked = False
        try:
            self._database: DuckDBPyConnection = duckdb.connect(":memory:", config=config)
        except duckdb.Error as error:
            raise BadConfig(
                f"DuckDB refuses the settings of engine.toml: {first_line(error)}"
            ) from None

    def set_table(self, name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Create a relation from rows, or replace it."""
        self._database.register("burnbook_rows", arrow_table(columns, rows))
        self._database.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM burnbook_rows")
        self._database.unregister("burnbook_rows")

    def select(self, sql: str) -> Table:
        """Run one SELECT statement."""
        try:
            cursor = self._database.execute(sql)
            names = [column[0] for column in cursor.description or ()]
            return Table(names, cursor.fetchall())
        except self._errors as error:
            raise BadData(f"DuckDB: {first_line(error)}") from None

    def create_view(self, name: str, sql: str) -> None:
        """Create a view of a SELECT statement."""
        self._run(f"CREATE OR REPLACE VIEW {name} AS {sql}")

    def read_files(self, name: str, paths: Sequence[str]) -> None:
        """Create a view of Parquet files, with the columns kind, host and month."""
        flags = "hive_partitioning = true, hive_types_autocast = false, union_by_name = true"
        self._run(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{_quoted(paths)}], {flags})")

    def read_only(self, sql: str, limit: int) -> Table:
        """Run one statement of a user, which can only read; returns at most `limit` rows.

        Before the first, all other files, extensions and changes of settings are forbidden.
        """
        import duckdb

        if not self._is_locked:
            self._lock()
        try:
            statements = duckdb.extract_statements(sql)
            if len(statements) != 1 or statements[0].type not in (
                duckdb.StatementType.SELECT,
                duckdb.StatementType.EXPLAIN,
            ):
                raise BadData("DuckDB: only one SELECT is allowed")
            cursor = self._database.execute(statements[0])
            names = [column[0] for column in cursor.description or ()]
            return Table(names, cursor.fetchmany(limit))
        except (self._errors, UnicodeEncodeError) as error:
            raise BadData(f"DuckDB: {first_line(error)}") from None

    def _lock(self) -> None:
        paths = [path for kind in self.export.kinds for path in self.export.files(kind)]
        self._run(f"SET allowed_paths = [{_quoted(paths)}]")
        self._run("SET enable_external_access = false")
        self._run("SET lock_configuration = true")
        self._is_locked = True

    def close(self) -> None:
        """End the connection and remove its temporary folder."""
        self._database.close()
        if self._folder is not None:
            with suppress(OSError):
                self._folder.cleanup()

    def _run(self, statement: str) -> None:
        try:
            self._database.execute(statement)
        except self._errors as error:
            raise BadData(f"DuckDB: {first_line(error)}") from None


def open_engine(source: Source) -> DuckDB:
    """Returns the engine on an export."""
    return DuckDB(source)


def _quoted(paths: Sequence[str]) -> str:
    return ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
