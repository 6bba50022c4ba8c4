"""Apache Spark, on the Parquet files of an export.

The master is `spark.master` of engine.toml. Its workers must be able to read the folder.
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from burnbook.base.errors import BadConfig, BadData
from burnbook.engines import EXPORT, Columns, Source, Table
from burnbook.engines._parquet import ParquetEngine

if TYPE_CHECKING:
    pass

READS, EXTRA = EXPORT, "spark"


class Spark(ParquetEngine):
    """One session, whose time zone is UTC."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        if not has_java():
            raise BadConfig(
                "Spark needs Java 17 or later; install it (on Debian and Ubuntu the package"
                " openjdk-17-jre-headless), or set JAVA_HOME"
            )
        settings = source.settings.spark
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession

        self._errors = (PySparkException, _java_error())
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1" if _is_local(settings.master) else "")
        if not os.environ["SPARK_LOCAL_IP"]:
            del os.environ["SPARK_LOCAL_IP"]
        os.environ["SPARK_SUBMIT_OPTS"] = "-Dlog4j2.level=OFF -Dlog4j.rootLogger=OFF"
        options = {
            "spark.driver.memory": settings.driver_memory,
            "spark.executor.memory": settings.executor_memory,
            "spark.sql.shuffle.partitions": str(settings.partitions),
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "true",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "OFF",
        }
        builder = SparkSession.builder.master(settings.master).appName("burnbook")
        for key, value in options.items():
            builder = builder.config(key, value)
        try:
            self._session: SparkSession = builder.getOrCreate()
        except Exception as error:
            raise BadConfig(
                f"cannot start Spark with the master {settings.master}: {_first(error)}"
            ) from None

    def set_table(self, name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Create a relation from rows, or replace it."""
        from pyspark.sql.types import (
            DoubleType,
            LongType,
            StringType,
            StructField,
            StructType,
            TimestampType,
        )

        kinds = {
            "integer": LongType(),
            "real": DoubleType(),
            "text": StringType(),
            "moment": TimestampType(),
        }
        fields = [StructField(column, kinds[kind]) for column, kind in columns.items()]
        reals = [kind == "real" for kind in columns.values()]
        converted = [
            tuple(
                float(value) if is_real and value is not None else _plain(value)
                for value, is_real in zip(row, reals, strict=True)
            )
            for row in rows
        ]
        frame = self._session.createDataFrame(converted, StructType(fields))
        frame.createOrReplaceTempView(name)

    def select(self, sql: str) -> Table:
        """Run one SELECT statement."""
        try:
            frame = self._session.sql(sql.rstrip().removesuffix(";"))
            return Table(frame.columns, [tuple(row) for row in frame.collect()])
        except self._errors as error:
            raise BadData(f"Spark: {_first(error)}") from None

    def create_view(self, name: str, sql: str) -> None:
        """Create a view of a SELECT statement."""
        try:
            self._session.sql(sql).createOrReplaceTempView(name)
        except self._errors as error:
            raise BadData(f"Spark: {_first(error)}") from None

    def read_files(self, name: str, paths: Sequence[str]) -> None:
        """Create a view of Parquet files, with the columns kind, host and month."""
        try:
            reader = self._session.read.option("mergeSchema", "true")
            reader = reader.option("basePath", f"file://{self.export.folder}")
            frame = reader.parquet(*(f"file://{path}" for path in paths))
            frame.createOrReplaceTempView(name)
        except self._errors as error:
            raise BadData(f"Spark: {_first(error)}") from None

    def close(self) -> None:
        """Stop the session, and with it the driver's Java process."""
        with suppress(Exception):  # the answer is known; a lost master cannot change it
            self._session.stop()


def open_engine(source: Source) -> Spark:
    """Returns the engine on an export. Starts a Java process."""
    return Spark(source)


def has_java() -> bool:
    """Whether Java is on PATH or in JAVA_HOME."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or (
        home is not None and os.access(os.path.join(home, "bin", "java"), os.X_OK)
    )


def _is_local(master: str) -> bool:
    return master.startswith("local") or "//localhost" in master or "//127." in master


def _java_error() -> type[Exception]:
    from py4j.protocol import Py4JError

    error: type[Exception] = Py4JError
    return error


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _first(error: Exception) -> str:
    """The first line of a message; the others are a stack or repeat the statement."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
