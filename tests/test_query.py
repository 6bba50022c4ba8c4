"""Queries give the same figures on SQLite, DuckDB and Spark, and those of the other commands."""

import csv
import io
import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from burnbook import engines
from burnbook.engines._parquet import quarter_rows, relation
from burnbook.query import named
from burnbook.rows.prompt_sizes import PROMPT_LIMITS, size_class
from burnbook.store import queries
from burnbook.store.membership import Membership, Span
from conftest import ROOT, Shell
from hypothesis import given
from hypothesis import strategies as st
from queryrows import AT, ENDS, QUERIES, SPARK, START, export, fill
from test_queries import NOT_PORTABLE

RELATIONS = sorted((ROOT / "sql" / "relations").glob("*.sql"))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A book with 600 requests of a proxy, and with logs of Claude Code."""
    folder = tmp_path_factory.mktemp("query")
    shell = Shell(folder)
    fill(shell, 600)
    logs = folder / "home" / ".claude" / "projects"
    shutil.copytree(ROOT / "samples" / "home" / ".claude" / "projects", logs)
    shell.ok("ingest", "claude", *AT)
    return shell


@pytest.fixture(scope="module")
def parquet(book: Shell) -> Path:
    """The same book as Parquet files."""
    return export(book, book.book.parent / "export")


def answer(shell: Shell, *words: str) -> Any:
    """The JSON of a query without the engine's name."""
    data = shell.json("query", *words, *AT)
    del data["engine"]
    return data


def all_answers(shell: Shell, *flags: str) -> dict[str, Any]:
    """The answers of all queries."""
    answers = {name: answer(shell, name, *flags) for name in QUERIES}
    for by in ("weekly", "hour", "model", "window", "account", "session"):
        answers[f"usage {by}"] = answer(shell, "usage", "--by", by, "--since", "2026-01-01", *flags)
    answers["proxy W1"] = answer(shell, "proxy", "W1", *flags)
    answers["cost-compare W1"] = answer(shell, "cost-compare", "W1", *flags)
    return answers


def test_there_is_a_query_for_each_name() -> None:
    assert named.names() == QUERIES
    assert set(engines.names()) >= {"sqlite", "duckdb", "spark"}


def test_duckdb_gives_the_same_figures_as_sqlite(book: Shell, parquet: Path) -> None:
    expected = all_answers(book)
    assert all(each["rows"] for name, each in expected.items() if name != "scoreboard"), expected
    assert all_answers(book, "--from", str(parquet)) == expected


def test_an_export_is_enough(book: Shell, parquet: Path, tmp_path: Path) -> None:
    expected = answer(book, "windows")
    flags = ("--from", str(parquet), "--data-dir", str(tmp_path / "none"))
    assert answer(book, "windows", *flags) == expected
    assert not (tmp_path / "none").exists()


def test_proxy_has_the_figures_of_the_preview(book: Shell) -> None:
    rows = {row["side"]: row for row in answer(book, "proxy", "W1")["rows"]}
    block = book.json("preview", "--window", "W1", *AT)["subagent_proxy"]
    assert block["requests"] == rows["all"]["requests"]
    assert block["routed_percent"] == rows["routed"]["share_percent"]
    assert block["latency_ms"] == {key: rows["all"][f"{key}_ms"] for key in ("p50", "p95")}
    assert (block["errors"], block["error_percent"]) == (
        rows["all"]["errors"],
        rows["all"]["error_percent"],
    )
    for side in ("routed", "baseline"):
        assert block["sides"][side]["latency_ms"] == {
            key: rows[side][f"{key}_ms"] for key in ("p50", "p95")
        }


def test_cost_compare_has_the_figures_of_cost_compare(book: Shell) -> None:
    asked = answer(book, "cost-compare", "W1")
    data = book.json("cost-compare", "W1", *AT)
    assert len(data["features"]) >= 2
    for name in ("matched", "unmatched", "unpriced"):
        assert asked[name] == data[name]
    rows = {row["feature"]: row for row in asked["rows"]}
    for pair in (*data["features"], data["totals"]):
        row = rows[pair.get("feature")]
        for side in ("baseline", "routed"):
            assert row[f"{side}_usd"] == pair[side]["usd"]
            assert row[f"{side}_tokens"] == pair[side]["tokens"]
            assert row[f"{side}_p95_ms"] == pair[side]["latency_ms"]["p95"]
        assert row["saved_usd"] == pair["saved_usd"]


def test_usage_and_windows_have_the_figures_of_the_commands(book: Shell) -> None:
    usage = book.json("usage", "model", "--by", "model", *AT)
    asked = answer(book, "usage", "--by", "model")
    assert asked["totals"] == usage["totals"]
    listed = {each["window"]: each for each in book.json("windows", *AT)["windows"]}
    rows = answer(book, "windows")["rows"]
    assert {row["window_id"] for row in rows} == set(listed)
    for row in rows:
        line = listed[row["window_id"]]
        assert (row["tokens"], row["tokens_from"]) == (line["tokens"], line["tokens_from"])
        assert (row["usd"], row["usd_known"]) == (line["usd"], line["usd_known"])


def test_csv_and_text_have_the_same_rows(book: Shell) -> None:
    rows = [*csv.DictReader(io.StringIO(book.ok("query", "proxy", *AT, "--format", "csv")))]
    data = answer(book, "proxy")["rows"]
    assert [row["requests"] for row in rows] == [str(row["requests"]) for row in data]
    text = book.ok("query", "proxy", *AT).splitlines()
    requests = sum(row["requests"] for row in data if row["side"] == "all")
    assert text[0] == f"proxy on sqlite: {requests:,} requests in 3 windows"


def test_mistakes_are_one_sentence(book: Shell, parquet: Path, tmp_path: Path) -> None:
    assert "valid: cost-compare, meters" in book.fails(2, "query", "nope")
    assert "unknown engine 'oracle'" in book.fails(2, "query", "proxy", "--engine", "oracle")
    assert "--from DIR" in book.fails(2, "query", "proxy", "--engine", "duckdb")
    assert "sqlite reads the book" in book.fails(
        2, "query", "proxy", "--engine", "sqlite", "--from", str(parquet)
    )
    assert "--by 'mood'" in book.fails(2, "query", "usage", "--by", "mood")
    assert "manifest.json" in book.fails(66, "query", "proxy", "--from", str(tmp_path))
    (tmp_path / "manifest.json").write_text("[]")
    assert "not the manifest" in book.fails(65, "query", "proxy", "--from", str(tmp_path))
    (tmp_path / "manifest.json").write_text('{"files": {"kind=proxy_telemetry/../x": {}}}')
    assert "not a file of an export" in book.fails(65, "query", "proxy", "--from", str(tmp_path))
    name = "kind=proxy_telemetry/host=a/month=2026-11/part-0-{0:015}-{9:015}.parquet"
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {name: {}}}))
    sentence = book.fails(65, "query", "proxy", "--from", str(tmp_path))
    assert sentence.startswith("query: DuckDB: IO Error")
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_bytes(b"no Parquet" * 100)
    assert "DuckDB: " in book.fails(65, "query", "proxy", "--from", str(tmp_path))


def test_an_export_without_requests_answers(shell: Shell, tmp_path: Path) -> None:
    shell.ok("snapshot", "start", "codex", "W0-CHN", *AT, stdin="/status\n5h limit: 1% used\n")
    folder = str(export(shell, tmp_path / "export"))
    for name in ("proxy", "usage", "windows", "meters", "scoreboard"):
        assert answer(shell, name, "--from", folder) == answer(shell, name), name
    assert "no requests" in shell.fails(66, "query", "cost-compare", *AT)
    assert "no requests" in shell.fails(66, "query", "cost-compare", "--from", folder, *AT)


@pytest.mark.parametrize("path", RELATIONS, ids=[path.stem for path in RELATIONS])
def test_a_relation_is_one_portable_select(path: Path) -> None:
    code = "\n".join(line for line in path.read_text().splitlines() if line[:2] != "--")
    assert not NOT_PORTABLE.search(code)
    assert code.strip().startswith(("SELECT", "WITH"))
    assert code.count(";") == 1


def test_the_classes_of_prompt_sizes_are_those_of_prices() -> None:
    text = relation("cost_requests")
    for limit in PROMPT_LIMITS:
        assert f"WHEN r.input_tokens > {limit} THEN {size_class(limit + 1)}\n" in text
    assert text.count("WHEN r.input_tokens > ") == len(PROMPT_LIMITS)


moments = st.integers(0, 4 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))


@given(
    st.lists(st.tuples(moments, moments, st.sampled_from("ABC"), st.booleans()), max_size=5),
    st.lists(moments, min_size=1, max_size=20),
)
def test_quarter_hours_have_the_windows_of_every_moment(
    spans: list[tuple[Any, Any, str, bool]], asked: list[Any]
) -> None:
    members = Membership(
        Span(min(a, b), max(a, b), name, ("solo",) if of_one else ())
        for a, b, name, of_one in spans
        if a != b
    )
    quarters = [int(moment.timestamp()) // queries.QUARTER for moment in asked]
    rows = [*quarter_rows(members, min(quarters), max(quarters))]
    for agent in ("solo", "other", None):
        name = agent if agent in members.agents else ""
        for moment, quarter in zip(asked, quarters, strict=True):
            windows = [
                window
                for of, at, start, end, window in rows
                if (of, at) == (name, quarter) and start <= moment < end
            ]
            expected = members.at(agent, moment)
            assert windows == ([] if expected is None else [expected])


def test_both_windows_of_a_quarter_hour_have_requests(book: Shell) -> None:
    rows = [row for row in book.rows("proxy_telemetry") if row.get("window") is None]
    near = [row["ts"] for row in rows if row["ts"][:15] == ENDS[:15]]
    assert any(ts < ENDS for ts in near) and any(ts > ENDS for ts in near), near


def test_spark_without_java_says_what_to_install(
    book: Shell, parquet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not SPARK.exists():
        sentence = book.fails(66, "query", "proxy", "--engine", "spark", "--from", str(parquet))
        assert "run ./just query proxy --engine spark once" in sentence
        return
    without = {"PATH": "/nowhere", "JAVA_HOME": ""}
    flags = ("--engine", "spark", "--from", str(parquet))
    python = (str(ROOT / ".venv/bin/python"), "-ESs", str(ROOT / "bin/query"))
    done = subprocess.run(
        [*python, "proxy", *flags],
        env={**book.environment, **without},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 78
    assert done.stderr.startswith("query: Spark needs Java 17 or later; install it")
