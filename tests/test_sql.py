"""`sql` reads journals on SQLite and DuckDB, and can change nothing."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest
from burnbook.book import codec
from burnbook.query import views
from conftest import ROOT, Shell
from queryrows import AT, export, fill

WRITES = (
    "DELETE FROM snapshots",
    "INSERT INTO windows SELECT * FROM windows",
    "CREATE TABLE x (y INTEGER)",
    "DROP TABLE usage_cells",
    "ATTACH '/tmp/x.sqlite' AS x",
    "PRAGMA journal_mode = DELETE",
    "VACUUM INTO '/tmp/x.sqlite'",
    "COPY (SELECT 1) TO '/tmp/x.csv'",
    "SET threads = 1",
    "INSTALL httpfs",
    "SELECT 1; DELETE FROM snapshots",
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A book with snapshots and 60 requests of a proxy."""
    shell = Shell(tmp_path_factory.mktemp("sql"))
    fill(shell, 60)
    return shell


@pytest.fixture(scope="module")
def parquet(book: Shell) -> str:
    """The same book as Parquet files."""
    return str(export(book, book.book.parent / "export"))


def test_each_journal_is_a_relation_on_both_engines(book: Shell, parquet: str) -> None:
    for name in codec.JOURNALS:
        counts = [
            book.json("sql", f"SELECT count(*) AS n FROM {name}", *flags, *AT)["rows"]
            for flags in ((), ("--from", parquet))
        ]
        assert counts[0] == counts[1], name
    ids = {row["id"] for row in book.rows("proxy_telemetry")}
    select = "SELECT count(*), count(DISTINCT id) FROM proxy_telemetry"
    assert book.json("sql", select, *AT)["rows"] == [[len(ids), len(ids)]]


def test_objects_are_text_on_sqlite_and_typed_on_duckdb(book: Shell, parquet: str) -> None:
    select = "SELECT meters FROM snapshots ORDER BY id LIMIT 1"
    [[text]] = book.json("sql", select, *AT)["rows"]
    [[meters]] = book.json("sql", select, "--from", parquet, *AT)["rows"]
    assert json.loads(text) == meters


def test_relations_of_queries_can_be_named(book: Shell, parquet: str) -> None:
    for name in set(views.names()) - set(codec.JOURNALS):
        for flags in ((), ("--from", parquet)):
            book.ok("sql", f"SELECT * FROM {name}", *flags, *AT)


@pytest.mark.parametrize("statement", WRITES)
def test_only_one_select_is_allowed(book: Shell, parquet: str, statement: str) -> None:
    before = book.tree(store=True)
    for flags in ((), ("--from", parquet)):
        sentence = book.fails(65, "sql", statement, *flags, *AT)
        assert sentence.startswith(("sql: SQLite: ", "sql: DuckDB: "))
    assert book.tree(store=True) == before
    assert not os.path.exists("/tmp/x.sqlite")
    assert not os.path.exists("/tmp/x.csv")


def test_duckdb_opens_no_other_file(book: Shell, parquet: str, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for source in (f"'{tmp_path}/secret.csv'", f"read_text('{tmp_path}/secret.csv')"):
        sentence = book.fails(65, "sql", f"SELECT * FROM {source}", "--from", parquet, *AT)
        assert "DuckDB: " in sentence
    select = f"SELECT count(*) AS n FROM read_text('{parquet}/manifest.json')"
    assert "DuckDB: " in book.fails(65, "sql", select, "--from", parquet, *AT)


def test_a_statement_may_come_from_stdin(book: Shell) -> None:
    assert "1000" in book.ok("sql", *AT, stdin="SELECT 1000 AS n;\n")
    assert "no statement" in book.fails(2, "sql", *AT)
    assert "--limit is 0" in book.fails(2, "sql", "SELECT 1", "--limit", "0")


def test_the_limit_is_noted(book: Shell) -> None:
    done = book.run("sql", "SELECT id FROM proxy_telemetry", "--limit", "2", *AT)
    assert done.stdout.startswith("2 rows\n")
    assert done.stderr == "sql: only the first 2 rows are shown; --limit N shows more\n"


def test_a_terminal_gets_a_prompt(book: Shell) -> None:
    terminal, side = pty.openpty()
    process = subprocess.Popen(
        [ROOT / "bin" / "sql", *AT],
        env={**book.environment, "TERM": "dumb"},
        stdin=side,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.close(side)
    lines = b".tables\nSELECT count(*) AS\nn FROM snapshots;\nSELEC;\n.quit\n"
    os.write(terminal, lines)
    out, err = process.communicate(timeout=60)
    os.close(terminal)
    assert process.returncode == 0
    assert b"proxy_telemetry\n" in out
    assert b"1 row\n  n\n" in out
    assert err == b'sql: SQLite: near "SELEC": syntax error\n'
