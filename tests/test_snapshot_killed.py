"""A snapshot that names no window, killed at any system call: run again, it books what is missing.

Every call that changes something for `cross`; each call of every kind with BURNBOOK_KILL=all.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import killing
import pytest
from conftest import ROOT, Shell
from killing import CHANGES, Stage

pytestmark = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))

BLOCKS = '{"blocks": [{"isGap": false, "entries": %d}]}'
DAY = "2026-11-22T"


def begin(place: Path) -> None:
    """A window that counts prompts is open."""
    shell = Shell(place)
    shell.ok("snapshot", "start", "glm", "--at", DAY + "09:00", stdin=BLOCKS % 3)
    (place / "pane").write_text(BLOCKS % 9)


def ended(place: Path) -> None:
    """The window is closed, and the next one is not begun."""
    begin(place)
    shell = Shell(place, is_new=False)
    shell.ok("snapshot", "end", "glm", "--at", DAY + "12:00", stdin=BLOCKS % 7)


def facts(place: Path) -> dict[str, Any]:
    """Every row without its stamps of this run, state and panes; every row holds."""
    shell = Shell(place, is_new=False)
    found: dict[str, Any] = {
        name: [
            {k: v for k, v in row.items() if k not in ("recorded_at", "crc")}
            for row in shell.rows(name)
        ]
        for name in ("snapshots", "prompts")
    }
    kept = re.compile(r"(state|raw)/.*(?<!\.tmp)")
    found |= {name: data for name, data in shell.tree().items() if kept.fullmatch(name)}
    assert shell.run("check").returncode == 0, shell.run("check").stdout
    return found


@pytest.mark.parametrize(
    ("set_up", "action", "some", "booked"),
    [(begin, "cross", 100, 3), (ended, "start", 6, 3), (begin, "end", 6, 2)],
)
def test_killed_at_system_calls_and_run_again(
    tmp_path: Path, set_up: Any, action: str, some: int, booked: int
) -> None:
    stage = Stage(tmp_path / "place", set_up)
    environment = Shell(stage.place, is_new=False).environment
    words = (action, "glm", "--file", str(stage.place / "pane"), "--at", DAY + "12:30")
    command = [str(ROOT / "bin" / "snapshot"), *words]
    points = killing.calls(stage, command, environment)
    wanted = facts(stage.place)
    assert len(wanted["snapshots"]) == len(wanted["prompts"]) == booked
    assert any(name.startswith("raw/") for name in wanted)
    if os.environ.get("BURNBOOK_KILL") != "all":
        points = killing.wanted([point for point in points if point.call in CHANGES], some)
    reports = list(killing.kill(stage, command, environment, facts, points))
    for report in reports:
        assert report.facts == wanted, report.point
    assert sum(report.killed for report in reports) >= 0.9 * len(reports)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_what_could_not_be_told_is_there_when_it_is_run_again(shell: Shell) -> None:
    shell.ok("snapshot", "start", "glm", "--at", DAY + "09:00", stdin=BLOCKS % 3)
    words = ("snapshot", "cross", "glm", "--at", DAY + "12:30")
    command = f"'{ROOT}/bin/snapshot' {' '.join(words[1:])} > /dev/full"
    how: Any = {"env": shell.environment, "capture_output": True, "text": True}
    done = subprocess.run(["sh", "-c", command], input=BLOCKS % 9, check=False, **how)
    assert (done.returncode, done.stderr.count("\n")) == (74, 1), done
    assert len(shell.rows("snapshots")) == 3
    again = shell.ok(*words, stdin=BLOCKS % 9)
    assert again.count("already booked: ") == 2
    assert len(shell.rows("snapshots")) == 3
