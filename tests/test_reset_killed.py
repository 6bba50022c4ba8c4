"""A reset that is killed at any system call: the next run gives the same result.

Three agents, threads and captures, one of which fails, unlike the `reset` of torture.writers.
"""

import re
from pathlib import Path
from typing import Any

import killing
import pytest
from conftest import ROOT, Shell
from killing import CHANGES, Stage
from torture.figures import long, record

pytestmark = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))

BLOCKS = '{"blocks": [{"isGap": false, "entries": %d}]}'
PANE = "5h limit: 1% used (resets 10:02)"
COMMAND = [str(ROOT / "bin" / "reset"), "--at", "2026-11-23T08:00"]
FAILED = 74  # bo's capture


def begin(folder: Path) -> None:
    """Three agents with a BEFORE; one counts prompts, and one's capture fails."""
    shell = Shell(folder)
    (shell.config / "agents.toml").write_text(
        f'[agents.main]\nprovider = "codex"\ncapture = ["echo", "{PANE}"]\n'
        f"[agents.zoe]\nprovider = \"glm\"\ncapture = ['echo', '{BLOCKS % 9}']\n"
        '[agents.bo]\nprovider = "claude"\ncapture = ["false"]\n'
    )
    at = ("--at", "2026-11-22T09:00")
    shell.ok("snapshot", "start", "codex", *at, stdin=PANE)
    shell.ok("snapshot", "start", "glm", "--agent=zoe", *at, stdin=BLOCKS % 3)
    shell.ok("snapshot", "start", "claude", "--agent=bo", "--set=session=3", *at)


def facts(folder: Path) -> dict[str, Any]:
    """Every row without the stamps of this run, and the state; every row is valid."""
    shell = Shell(folder, is_new=False)
    rows = {
        name: [
            {k: v for k, v in row.items() if k not in ("recorded_at", "chain", "crc")}
            for row in sorted(shell.rows(name), key=lambda row: str(row["id"]))
        ]
        for name in ("snapshots", "prompts", "resets")
    }
    anomalies = [row for row in shell.rows("anomalies") if row["kind"] != "torn-tail"]
    state = {name: data for name, data in shell.tree().items() if re.match(r"state/\w+/\w", name)}
    assert shell.run("check").returncode == 0, shell.run("check").stdout
    return {**rows, "anomalies": [row["id"] for row in anomalies], "state": state}


def test_killed_at_system_calls_and_run_again(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "place", begin)
    environment = Shell(stage.folder, is_new=False).environment
    how: dict[str, Any] = {"follow": True, "code": FAILED}
    points = killing.calls(stage, COMMAND, environment, **how)
    wanted = facts(stage.folder)
    assert len(wanted["snapshots"]) == 7
    changing = [point for point in points if point.call in CHANGES]
    drawn = killing.spread(changing, long(6, 120))
    reports = list(killing.kill(stage, COMMAND, environment, facts, drawn, **how))
    wrong = [report.point for report in reports if report.facts != wanted]
    died = sum(report.killed for report in reports)
    assert died >= 0.9 * len(reports)
    record(
        "Kill -9 at a system call loses and glues nothing; run again, it is finished",
        "test_killed_at_system_calls_and_run_again",
        f"{len(wrong)} faults in {died} kills of a reset of three agents, at {len(changing)} calls "
        f"that change something{f'; the first: {wrong[0]}' if wrong else ''}",
        "0 faults",
        not wrong,
    )
