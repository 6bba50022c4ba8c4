"""`just bench-table`: the truth comes first, missed targets fail, memory counts all processes."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from frontdoor import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from measure import Command
from table import __main__ as table_main
from table import page, peers
from table.bench import Bench
from table.corpora import Corpora
from table.declared import Aim, Row, load
from table.measured import judge, middle, ratio
from table.memory import peak_mb

RESULT: dict[str, Any] = {
    "measured_at": "2026-11-27T20:00:00Z",
    "rounds": [
        {"burnbook": [100.0, 200.0], "ccusage": [200.0, 100.0], "aiburn": [50.0, 50.0]},
        {"burnbook": [300.0, 200.0], "ccusage": [200.0, 100.0]},
        {"burnbook": [120.0, 200.0], "ccusage": [100.0, 100.0], "aiburn": [60.0, 50.0]},
    ],
    "memory": [{"burnbook": 90.0}, {"burnbook": 70.0}, {"burnbook": 80.0}],
    "deviations": {"ccusage": "+0.087%"},
}


def bench_table(*flags: str) -> "subprocess.CompletedProcess[str]":
    """Run it as its recipe does."""
    return subprocess.run(
        [str(ROOT / ".venv" / "bin" / "python"), "-m", "table", *flags],
        env={**os.environ, "PYTHONPATH": str(ROOT / "benchmarks")},
        capture_output=True,
        text=True,
    )


def row(*aims: Aim, behind: str = "") -> Row:
    return Row("codex", "Codex, cold", "cold_logs", "codex1g", aims, behind=behind)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the inputs of one run."""
    return tmp_path_factory.mktemp("table")


def test_every_row_runs_with_small_inputs_and_is_exact(work: Path) -> None:
    results = work / "results.json"
    done = bench_table("--quick", "--rounds", "1", "--work", str(work), "--json", str(results))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "MISSED" not in done.stdout, "small inputs say nothing about targets"
    saved = json.loads(results.read_text())
    assert set(saved["rows"]) == set(load()[0])
    assert all(len(each["rounds"]) == 1 for each in saved["rows"].values())
    for name, peer in peers.PEERS.items():
        assert (f"table: no {name}: {peer.install}" in done.stderr) == (name not in saved["peers"])


def test_a_wrong_figure_ends_a_row_without_a_time(work: Path) -> None:
    truth = Corpora(work, load()[1], quick=True).path("claude1g") / "truth.json"
    right = truth.read_text()
    changed = json.loads(right)
    changed["sums"][0][5] += 1  # one more token of input
    truth.write_text(json.dumps(changed))
    flags = ("--only", "claude-1gb", "--rounds", "1", "--work", str(work))
    done = bench_table("--quick", *flags, "--json", str(work / "wrong.json"))
    truth.write_text(right)
    assert done.returncode == 1
    first, wrong = done.stdout.splitlines()
    assert first == "claude-1gb: not right, so no times"
    assert "the truth is" in wrong
    [result] = json.loads((work / "wrong.json").read_text())["rows"].values()
    assert set(result) == {"measured_at", "wrong"}


def test_inputs_are_kept_and_not_used_with_other_options(tmp_path: Path) -> None:
    _, declared = load()
    corpora = Corpora(tmp_path, declared, quick=True)
    path = corpora.path("small")
    before = {each: each.stat().st_ino for each in path.rglob("*.jsonl")}
    assert before
    assert corpora.path("small") == path
    assert {each: each.stat().st_ino for each in path.rglob("*.jsonl")} == before
    changed = {"small": declared["small"]._replace(quick=("--seed=12",))}
    with pytest.raises(SystemExit, match="generated with other options; remove it"):
        Corpora(tmp_path, changed, quick=True).path("small")


def test_a_ratio_is_the_median_of_the_rounds_that_have_both() -> None:
    assert middle(RESULT, "wall", "burnbook") == 120.0
    assert ratio(RESULT, "wall", "burnbook", "ccusage") == 1.2  # of 0.5, 1.5 and 1.2
    assert ratio(RESULT, "cpu", "burnbook", "aiburn") == 4.0
    assert ratio(RESULT, "wall", "burnbook", "tokscale") is None
    assert middle(RESULT, "memory", "burnbook") == 80.0


@pytest.mark.parametrize(
    ("aim", "is_reached"),
    [
        (Aim("wall", 1.2, "ccusage"), True),
        (Aim("wall", 1.1, "ccusage"), False),
        (Aim("memory", 80), True),
        (Aim("memory", 79), False),
        (Aim("wall", 9.9, "tokscale"), False),
    ],
    ids=str,
)
def test_an_aim_is_reached_if_it_was_measured_and_is_not_exceeded(
    aim: Aim, is_reached: bool
) -> None:
    [judged] = judge(row(aim), RESULT)
    assert judged.is_reached is is_reached


def test_memory_counts_child_processes_and_shared_pages_once() -> None:
    megabytes = 40
    hold = f"bytearray(b'x') * {megabytes * 10**6}"
    # Both hold the first block, which counts once, and the child a block of its own.
    script = (
        "import os, time\n"
        f"data = {hold}\n"
        "child = os.fork()\n"
        "if not child:\n"
        f"    own = {hold}\n"
        "    used = time.process_time() + 0.5\n"
        "    while time.process_time() < used: pass\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
    )
    peak = peak_mb(Command([sys.executable, "-c", script]))
    assert 2 * megabytes <= peak < 3 * megabytes


def test_the_page_is_what_the_results_give() -> None:
    text = (ROOT / "docs" / "PERFORMANCE.md").read_text("utf-8")
    for name, part in page.parts().items():
        assert f"<!-- {name}, by ./just docs -->\n{part}\n<!-- end -->" in text, "run ./just docs"


def test_a_missed_target_needs_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = {"machine": {}, "peers": {}, "rows": {"codex": RESULT}}
    path = tmp_path / "results.json"
    path.write_text(json.dumps(results))
    missed, absolute = Aim("wall", 1.1, "ccusage"), Aim("memory", 80)
    rows = {"codex": row(missed, absolute, behind="It sorts twice.")}
    monkeypatch.setattr(page, "load", lambda: (rows, {}))
    parts = page.parts(path)
    assert "1 of 2 targets are reached." in parts["targets"]
    compared = "ccusage 200 ms, aiburn 55.0 ms"
    line = f"| Codex, cold | 120 ms | {compared} | 1.20x | at most 1.1x ccusage | **no** |"
    assert line in parts["targets"]
    assert "| Codex, cold: memory | 80.0 MB | | | at most 80 MB | yes |" in parts["targets"]
    assert parts["behind"] == "- Codex, cold: It sorts twice."
    monkeypatch.setattr(page, "load", lambda: ({"codex": row(missed)}, {}))
    with pytest.raises(SystemExit, match="miss a target and have no `behind`: codex"):
        page.parts(path)


def test_every_corpus_is_used_and_every_kind_exists() -> None:
    rows, corpora = load()
    assert {each.corpus for each in rows.values()} == set(corpora)
    jobs = {path.stem for path in (ROOT / "benchmarks" / "table" / "jobs").glob("[a-z]*.py")}
    assert {each.kind for each in rows.values()} == jobs


def test_a_command_that_fails_ends_its_row_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(table_main, "measure", lambda *_: sys.exit("ccusage ended with 3"))
    bench, results = Bench(Corpora(tmp_path, {}, quick=False), {}), {"rows": dict[str, Any]()}
    given = argparse.Namespace(rounds=1, json=tmp_path / "results.json", quick=False)
    assert not table_main.run_row(bench, row(Aim("wall", 1, "ccusage")), given, results)
    assert capsys.readouterr().out == "codex: not right, so no times\n  ccusage ended with 3\n"
    saved = json.loads((tmp_path / "results.json").read_text())
    assert saved["rows"]["codex"]["wrong"] == ["ccusage ended with 3"]


def test_burnbook_sees_no_settings_of_the_caller(tmp_path: Path) -> None:
    bench = Bench(Corpora(tmp_path, {}, quick=True), {})
    command = bench.burnbook("usage", book=tmp_path / "book")
    assert command.env is not None
    assert set(command.env) == {"HOME", "PATH", "TZ", "TOKSCALE_PRICING_CACHE_ONLY"}
