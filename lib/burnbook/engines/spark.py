"""Apache Spark, on the Parquet files of an export.

The master is `spark.master` of engine.toml. Its workers must be able to read the folder.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from burnbook.base.errors import BadConfig, BadData
from burnbook.engines import EXPORT, Columns, Source, Table
from burnbook.engines._parquet import ParquetEngine, arrow_table, first_line

READS, EXTRA = EXPORT, "spark"
_LAST_SECONDS = 30  # for Java to end
_WORKER_SECONDS = 60


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
        if _is_local(settings.master):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        self._scratch = tempfile.TemporaryDirectory(prefix="burnbook-spark-")
        options = {
            "spark.driver.memory": settings.driver_memory,
            "spark.executor.memory": settings.executor_memory,
            "spark.sql.shuffle.partitions": str(settings.partitions),
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "true",
            "spark.sql.warehouse.dir": self._scratch.name,
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "OFF",
        }
        builder = SparkSession.builder.master(settings.master).appName("burnbook")
        for key, value in options.items():
            builder = builder.config(key, value)
        try:
            with _silent():
                self._session: Any = builder.getOrCreate()
        except Exception as error:
            raise BadConfig(
                f"cannot start Spark with the master {settings.master}: {first_line(error)}"
            ) from None
        if not settings.master.startswith("local"):
            self._wait_for_worker(settings.master)

    def set_table(self, name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Create a relation from rows, or replace it."""
        frame = self._session.createDataFrame(arrow_table(columns, rows))
        frame.createOrReplaceTempView(name)

    def select(self, sql: str) -> Table:
        """Run one SELECT statement."""
        try:
            frame = self._session.sql(sql.rstrip().removesuffix(";"))
            return Table(frame.columns, [tuple(row) for row in frame.collect()])
        except self._errors as error:
            raise BadData(f"Spark: {first_line(error)}") from None

    def create_view(self, name: str, sql: str) -> None:
        """Create a view of a SELECT statement."""
        try:
            self._session.sql(sql).createOrReplaceTempView(name)
        except self._errors as error:
            raise BadData(f"Spark: {first_line(error)}") from None

    def read_files(self, name: str, paths: Sequence[str]) -> None:
        """Create a view of Parquet files, with the columns kind, host and month."""
        try:
            reader = self._session.read.option("mergeSchema", str(len(paths) > 1).lower())
            reader = reader.option("basePath", f"file://{self.export.folder}")
            frame = reader.parquet(*(f"file://{path}" for path in paths))
            frame.createOrReplaceTempView(name)
        except self._errors as error:
            raise BadData(f"Spark: {first_line(error)}") from None

    def close(self) -> None:
        """Stop the session, and with it the driver's Java process."""
        context = self._session.sparkContext
        gateway: Any = context._gateway
        with suppress(Exception):  # the answer is known; a lost master cannot change it
            self._session.stop()
        with suppress(Exception):
            gateway.shutdown()
        process = gateway.proc
        process.stdin.close()  # Java ends when this is closed
        try:
            process.wait(_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        type(context)._gateway = type(context)._jvm = None
        self._scratch.cleanup()

    def _wait_for_worker(self, master: str) -> None:
        """Raises BadConfig if no worker takes part: a statement would wait for ever."""
        java: Any = self._session.sparkContext._jsc.sc()
        end = time.monotonic() + _WORKER_SECONDS
        while java.getExecutorMemoryStatus().size() < 2:  # the driver is in it
            if time.monotonic() > end:
                self.close()
                raise BadConfig(
                    f"no worker of {master} answered within {_WORKER_SECONDS} s;"
                    " start a worker, or lower spark.executor_memory in engine.toml"
                )
            time.sleep(0.1)


def open_engine(source: Source) -> Spark:
    """Returns the engine on an export. Starts a Java process."""
    return Spark(source)


def has_java() -> bool:
    """Whether Java is on PATH or in JAVA_HOME."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or (
        home is not None and os.access(os.path.join(home, "bin", "java"), os.X_OK)
    )


@contextmanager
def _silent() -> Iterator[None]:
    """Starts Java with stderr on /dev/null: it warns there. Errors come as exceptions."""
    kept = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def _is_local(master: str) -> bool:
    return master.startswith("local") or "//localhost" in master or "//127." in master


def _java_error() -> type[Exception]:
    from py4j.protocol import Py4JError

    error: type[Exception] = Py4JError
    return error
