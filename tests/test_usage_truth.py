"""Reports of large made-up logs against what their maker knows, whatever became of the sources."""

import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Shell

sys.path.insert(0, str(ROOT / "benchmarks"))
from agent_logs import make

SIZES = ((30, 3.0), (30, 3.0))
NAMES = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens")
KINDS = (*NAMES, "output_tokens", "reasoning_tokens")
# The index of the report's period in a row of the truth.
REPORTS = {"daily": 1, "monthly": 1, "model": 2, "session": 3, "project": 4}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A home folder, and the sums by tool, day, model, session and project."""
    home = tmp_path_factory.mktemp("home")
    return home, make(home, *SIZES)["sums"]


def wanted(sums: Any, report: str) -> dict[tuple[str, str, str], list[int]]:
    """Tokens by kind of each period, tool and model, as the maker knows them."""
    totals: dict[tuple[str, str, str], list[int]] = {}
    for row in sums:
        period = row[REPORTS[report]][:7] if report == "monthly" else row[REPORTS[report]]
        sent, read, short, hour, output_tokens, thought = row[5:]
        values = (sent, read, short + hour, hour, output_tokens, thought)
        have = totals.get((period, row[0], row[2]), [0] * 6)
        totals[period, row[0], row[2]] = [a + b for a, b in zip(have, values, strict=True)]
    return totals


def test_every_report_is_exactly_the_truth(shell: Shell, corpus: Any) -> None:
    home, sums = corpus
    for tool in ("claude", "codex"):
        shell.ok("ingest", tool, HOME=str(home))
    before = {name: shell.json("usage", name) for name in (*REPORTS, "blocks", "weekly")}
    for name in REPORTS:
        rows = before[name]["rows"]
        result = {(r["period"], r["tool"], r["model"]): [r[kind] for kind in KINDS] for r in rows}
        assert result == wanted(sums, name)
    logs = sorted(path for path in home.rglob("*.jsonl") if path.is_file())
    for log in logs[::2]:
        log.unlink()
    for tool in ("claude", "codex"):
        shell.ok("ingest", tool, HOME=str(home))
    for name, values in before.items():
        assert shell.json("usage", name) == values
        assert values["totals"] == before["daily"]["totals"]
