"""Totals of sessions that are rewritten in place: what each reading adds, whoever reads it."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from burnbook.agent_logs.booking.jobs import Job
from burnbook.agent_logs.booking.parallel import Run
from burnbook.agent_logs.booking.writer import Writer
from burnbook.agent_logs.reader import LogReader
from burnbook.base.errors import BadConfig
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl.sources import Log
from burnbook.store.store import Store
from conftest import Shell

FEED = """
title = "Otter"
journal = "agent_usage"
roots = ["~/.otter"]
files = ["*.json"]
format = "document"
items = "sessions"
[fields]
ts = "at"
session = "id"
input_tokens = "in"
output_tokens = "out"
usd = "usd"
[readings]
"""


class Otter:
    """An agent with a document of totals, and the book."""

    def __init__(self, folder: Path) -> None:
        self.path, self.book = folder / "totals.json", folder / "book"
        feeds = folder / "config" / "feeds"
        feeds.mkdir(parents=True)
        (feeds / "otter.toml").write_text(FEED)
        feed = Config(str(folder / "config")).feed("otter")
        assert isinstance(feed, LogFeed)
        self.feed = feed

    def write(self, **totals: tuple[int, int] | tuple[int, int, float]) -> None:
        keys = ("in", "out", "usd")
        moment = {"at": "2026-11-22T09:00:00Z"}
        sessions = [
            {"id": k, **moment, **dict(zip(keys, v, strict=False))} for k, v in totals.items()
        ]
        self.path.write_text(json.dumps({"sessions": sessions}))

    def start(self) -> Run:
        """An ingest that has not begun."""
        writer = Writer(str(self.book), "otter", "main")
        return Run(Store(str(self.book)), LogReader("otter", self.feed), writer)

    def ingest(self, run: Run | None = None) -> None:
        (run or self.start()).run([Job(Log(str(self.path), 1, 1), None, 0)])

    def rows(self) -> list[dict[str, Any]]:
        text = (self.book / "agent_usage.jsonl").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def amounts(self) -> list[tuple[str, int, int]]:
        """Session, input and output of the rows that no other row supersedes."""
        gone = {row.get("supersedes") for row in self.rows()}
        rows = [row for row in self.rows() if row["id"] not in gone]
        return [(r["session"], r.get("input_tokens", 0), r.get("output_tokens", 0)) for r in rows]


@pytest.fixture
def otter(tmp_path: Path) -> Otter:
    return Otter(tmp_path)


def test_what_a_reading_adds_counts(otter: Otter) -> None:
    for totals in ((100, 10), (100, 10), (150, 10), (150, 40)):
        otter.write(a=totals, b=(7, 7))
        otter.ingest()
    assert otter.amounts() == [("a", 100, 10), ("b", 7, 7), ("a", 50, 0), ("a", 0, 30)]


def test_totals_that_fall_begin_anew(otter: Otter) -> None:
    for totals in ((100, 10), (20, 5), (30, 5), (30, 5), (1, 1)):
        otter.write(a=totals)
        otter.ingest()
    assert otter.amounts() == [("a", 100, 10), ("a", 20, 5), ("a", 10, 0), ("a", 1, 1)]


def test_a_kind_that_falls_adds_nothing(otter: Otter) -> None:
    for totals in ((100, 30), (150, 10), (160, 20), (165, 35)):
        otter.write(a=totals)
        otter.ingest()
    assert otter.amounts() == [("a", 100, 30), ("a", 50, 0), ("a", 10, 0), ("a", 5, 5)]


def test_a_cost_that_grows_alone_is_a_request(otter: Otter) -> None:
    for totals in ((100, 30, 0.1), (100, 30, 0.3), (100, 30, 0.3), (40, 30, 0.5)):
        otter.write(a=totals)
        otter.ingest()
    assert [row["usd"] for row in otter.rows()] == [0.1, 0.2, 0.2]
    assert otter.amounts() == [("a", 100, 30), ("a", 0, 0), ("a", 40, 30)]


def test_the_size_of_a_prompt_is_unknown(otter: Otter) -> None:
    otter.write(a=(5_000_000, 10))
    otter.ingest()
    assert [row["prompt_tokens"] for row in otter.rows()] == [0]  # not the price of a long prompt


def test_many_readings_are_found_again_without_the_cache(otter: Otter) -> None:
    for number in range(1, 41):
        otter.write(a=(number, 0), b=(2 * number, 0))
        otter.ingest()
    for path in (otter.book / "cache").iterdir():
        path.unlink()
    otter.write(a=(50, 0), b=(100, 0))
    otter.ingest()
    assert otter.amounts()[-2:] == [("a", 10, 0), ("b", 20, 0)]
    assert sum(tokens for session, tokens, _ in otter.amounts() if session == "a") == 50


def interleaved(otter: Otter, *between: tuple[int, int]) -> None:
    """An ingest that read (120, 0) after (100, 0), while others book more readings."""
    otter.write(a=(100, 0))
    otter.ingest()
    late = otter.start()
    book = late._book

    def after_others(known: Any) -> None:
        for totals in between:
            otter.write(a=totals)
            otter.ingest()
        book(known)

    late._book = after_others  # type: ignore[method-assign, assignment]
    otter.write(a=(120, 0))
    otter.ingest(late)


@pytest.mark.parametrize("between", [[(120, 0)], [(110, 0)], [(130, 0)], [(110, 0), (150, 0)]])
def test_two_at_once_count_nothing_twice(otter: Otter, between: list[tuple[int, int]]) -> None:
    interleaved(otter, *between)
    most = max(120, *(tokens for tokens, _ in between))
    assert sum(tokens for _, tokens, _ in otter.amounts()) == most
    otter.write(a=(200, 0))
    otter.ingest()
    assert sum(tokens for _, tokens, _ in otter.amounts()) == 200


def test_the_folder_of_goose(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "root" / "data" / "sessions"
    os.makedirs(folder)
    with sqlite3.connect(folder / "sessions.db") as database:
        database.execute(
            "CREATE TABLE sessions(id TEXT, working_dir, created_at, updated_at,"
            " accumulated_input_tokens, accumulated_output_tokens)"
        )
        moment = "2026-11-22 09:00:00"
        row = ("20261122_9", "/srv/web", moment, moment, 7, 8)
        database.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)", row)
    where = {"HOME": str(tmp_path), "GOOSE_PATH_ROOT": str(tmp_path / "root")}
    output = json.loads(shell.ok("ingest", "goose", "--format", "json", **where))
    assert output["accepted"] == 1
    assert output["source"].startswith(f"{tmp_path}/root/data, ")


def test_only_one_way_of_totals(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    (feeds / "otter.toml").write_text(FEED.replace("items", 'counts = "totals"\nitems'))
    with pytest.raises(BadConfig, match=r'readings .* only with counts = "requests"'):
        Config(str(tmp_path)).feed("otter")
