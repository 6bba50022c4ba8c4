"""A real Spark, with a master and two workers, gives the same figures as SQLite and DuckDB."""

import ctypes
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from burnbook.base.errors import BadData
from burnbook.book.book import Book
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.query import named
from burnbook.query.answer import Asked
from burnbook.query.source import Opened, opened
from burnbook.store.store import Store
from burnbook.times import clock
from burnbook.windows import spans
from conftest import Shell
from queryrows import AT, QUERIES, SPARK, export, fill
from waiting import until

_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """Let the kernel kill this process when the test process ends, however that ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Cluster:
    """A Spark master and two workers of one core, in a session of their own."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "SPARK_HOME": str(SPARK),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "192m",
            "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "SPARK_WORKER_DIR": str(folder / "work"),
        }
        self.log = folder / "master.log"
        self.processes: list[subprocess.Popen[bytes]] = []
        ports = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        self.start("master.Master", *ports)
        self.master = self.wait_for(r"Starting Spark master at (spark://127\.0\.0\.1:\d+)")
        for _ in range(2):
            self.start("worker.Worker", *ports, "-c", "1", "-m", "600m", self.master)

    def start(self, name: str, *words: str) -> None:
        """Start one of Spark's own programs."""
        with self.log.open("ab") as log:
            self.processes.append(
                subprocess.Popen(
                    [SPARK / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", *words],
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=_end_with_parent,
                )
            )

    def wait_for(self, pattern: str) -> str:
        """Wait for a line of the log; returns its group."""
        until(lambda: re.search(pattern, self.log.read_text()))
        match = re.search(pattern, self.log.read_text())
        assert match is not None
        return match[1]

    def stop(self) -> None:
        """End the processes and what they started."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A started master with two workers."""
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    if not SPARK.exists():
        pytest.skip("PySpark is not installed; run ./just query proxy --engine spark")
    started = Cluster(tmp_path)
    try:
        yield started
    finally:
        started.stop()


def answers(source: Opened) -> dict[str, Any]:
    """The columns and rows of every query, and of one statement that fails."""
    values: dict[str, Any] = {}
    for name in QUERIES:
        answer = named.load(name).run(source, Asked("W1", "model", None, None, "auto"))
        values[name] = [*answer.columns], [tuple(row) for row in answer.rows], answer.text
    with pytest.raises(BadData, match="nothing_of_this_name"):
        source.engine.select("SELECT x FROM nothing_of_this_name")
    return values


def test_three_engines_agree(
    cluster: Cluster, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shell, 120)
    folder = str(export(shell, tmp_path / "export"))
    (shell.config / "engine.toml").write_text(
        f'[spark]\nmaster = "{cluster.master}"\nexecutor_memory = "512m"\npartitions = 2\n'
    )
    # A short session spends most of its time on compiling.
    options = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dspark.sql.codegen.wholeStage=false"
    monkeypatch.setenv("SPARK_SUBMIT_OPTS", f"{options} -Dspark.sql.adaptive.enabled=false")
    config = Config(str(shell.config))
    monkeypatch.setattr(clock, "now", lambda: clock.parse_time(AT[1], config.zone))
    store = Store(str(shell.book), windows=lambda: spans.source(config))
    ctx = Context(config, Book(str(shell.book)), store, "main", [])
    results = {}
    for engine in ("sqlite", "duckdb", "spark"):
        with opened(ctx, engine, None if engine == "sqlite" else folder, "query") as source:
            results[engine] = answers(source)
    for name in QUERIES:
        assert results["duckdb"][name] == results["sqlite"][name], name
        assert results["spark"][name] == results["sqlite"][name], name
    store.close()
    log = cluster.log.read_text()
    assert log.count("Registering worker 127.0.0.1") == 2
    assert "Registered app burnbook" in log
