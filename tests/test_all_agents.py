"""A home folder with the logs of sixteen agents: what the book has is what their maker knows."""

import sys
from pathlib import Path
from typing import Any

from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from conftest import ROOT, Shell
from torture.figures import long

sys.path.insert(0, str(ROOT / "benchmarks"))
from all_agents.invented import KINDS
from all_agents.make import make

COLUMNS = (
    *("requests", "input_tokens", "cache_read_tokens", "cache_write_5m", "cache_write_1h_tokens"),
    *("output_tokens", "reasoning_tokens"),
)
# The feeds of the makers' agents. One that is not there yet books nothing.
FEEDS = {
    name for name, feed in Config(str(ROOT / "config")).feeds.items() if isinstance(feed, LogFeed)
}


def booked(shell: Shell, home: Path) -> dict[str, dict[str, list[int]]]:
    """[requests, *KINDS] by feed and model."""
    sums: dict[str, dict[str, list[int]]] = {}
    for row in shell.json("usage", "tool", HOME=str(home))["rows"]:
        row["cache_write_5m"] = row["cache_write_tokens"] - row["cache_write_1h_tokens"]
        sums.setdefault(row["tool"], {})[row["model"]] = [row[name] for name in COLUMNS]
    return sums


def test_the_book_has_what_sixteen_agents_used(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "home"
    truth = make(home, long(3, 2000))
    ingested: Any = shell.json("ingest", HOME=str(home))
    wanted = {name: models for name, models in truth.items() if name in FEEDS}
    assert booked(shell, home) == wanted
    assert ingested["totals"]["rejected"] == 0
    assert shell.json("ingest", HOME=str(home))["totals"]["accepted"] == 0
    assert len(COLUMNS) == 1 + len(KINDS)


def test_agents_without_numbers_are_named(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "home"
    make(home, 1)
    rows = {row["feed"]: row for row in shell.json("ingest", HOME=str(home))["feeds"]}
    silent = [name for name, row in rows.items() if not (row["accepted"] or row["problems"])]
    assert silent == []
