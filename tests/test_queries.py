"""The report queries: parameters, the calendar, and what keeps sql/ portable."""

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from burnbook.store import database, projection, queries
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

SQL = sorted((ROOT / "sql").glob("*.sql"))
# Functions whose name or result differs between SQLite, DuckDB and Spark.
NOT_PORTABLE = re.compile(
    r"\b(strftime|julianday|unixepoch|datetime|date|group_concat|string_agg|json_\w+|printf|total"
    r"|ifnull|iif|glob|rowid|percentile\w*|median|quantile\w*)\b|::|\?|--.*\bTODO\b",
    re.IGNORECASE,
)


@given(st.integers(0, 1 << 64))
def test_a_key_keeps_its_bits(key: int) -> None:
    key %= 1 << 64
    assert -(1 << 63) <= projection.signed(key) < 1 << 63
    assert projection.signed(key) % (1 << 64) == key


def test_the_calendar_is_that_of_the_zone() -> None:
    connection = database.open_memory().connection
    # 2026-01-01 (a Thursday of week 1) 00:45 and 23:45 UTC are both 2026-01-01 or -02 in Kolkata.
    start = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) // queries.QUARTER
    zone = ZoneInfo("Asia/Kolkata")
    queries.set_calendar(connection, [start + 3, start + 95], queries.LocalTime(zone))
    assert connection.execute("SELECT * FROM calendar").fetchall() == [
        (start + 3, "2026-01-01", "2026-W01", "2026-01", 3 * 24 + 6, "06:00"),
        (start + 95, "2026-01-02", "2026-W01", "2026-01", 4 * 24 + 5, "05:00"),
    ]
    queries.set_calendar(connection, [start], queries.LocalTime(UTC))
    assert connection.execute("SELECT day, hour_of_week FROM calendar").fetchall() == [
        ("2026-01-01", 72)
    ]


def test_parameters_are_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "both.sql").write_text("SELECT first, second FROM params")
    monkeypatch.setattr(queries, "PROJECT", str(tmp_path))
    connection = database.open_memory().connection
    hostile = "'; DROP TABLE projections --"
    assert queries.run(connection, "both", first=hostile, second=None) == [(hostile, None)]
    assert queries.run(connection, "both", first=1, second=2.5) == [(1, 2.5)]
    assert connection.execute("SELECT count(*) FROM projections").fetchone() == (0,)


@pytest.mark.parametrize("path", SQL, ids=[path.stem for path in SQL])
def test_a_query_is_one_portable_select(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert lines[0].startswith("-- ")
    code = "\n".join(line for line in lines if not line.startswith("--"))
    assert not NOT_PORTABLE.search(code)
    assert code.strip().startswith(("SELECT", "WITH"))
    assert sqlite3.complete_statement(code)
    assert code.count(";") == 1


def test_the_table_of_scale_has_the_sizes_that_the_benchmark_measures() -> None:
    text = (ROOT / "docs" / "SCALE.md").read_text()
    rows = re.findall(r"^\| ([\d,]+) \| [\d,]+ MB \| [\d,.]+ s \| ([\d,]+) MB \|$", text, re.M)
    assert [requests for requests, _ in rows] == ["1,000,000", "10,000,000", "100,000,000"]
    assert all(int(peak.replace(",", "")) < 4_000 for _, peak in rows)
