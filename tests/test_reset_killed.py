"""A reset that is killed at any write: run again, the book is as if it had never been killed."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Shell

CALLS = ("write", "pwrite64", "fsync", "rename", "flock")
BLOCKS = '{"blocks": [{"isGap": false, "entries": %d}]}'
PANE = "5h limit: 1% used (resets 10:02)"


def begin(place: Path) -> Shell:
    shell = Shell(place)
    (shell.config / "agents.toml").write_text(
        f'[agents.main]\nprovider = "codex"\ncapture = ["echo", "{PANE}"]\n'
        f"[agents.zoe]\nprovider = \"glm\"\ncapture = ['echo', '{BLOCKS % 9}']\n"
        '[agents.bo]\nprovider = "claude"\ncapture = ["false"]\n'
    )
    at = ("--at", "2026-11-22T09:00")
    shell.ok("snapshot", "start", "codex", *at, stdin=PANE)
    shell.ok("snapshot", "start", "glm", "--agent=zoe", *at, stdin=BLOCKS % 3)
    shell.ok("snapshot", "start", "claude", "--agent=bo", "--set=session=3", *at)
    return shell


def reset(shell: Shell, *before: str) -> "subprocess.CompletedProcess[str]":
    command = [*before, str(ROOT / "bin" / "reset"), "--at", "2026-11-23T08:00"]
    return subprocess.run(
        command, env=shell.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def content(shell: Shell) -> dict[str, Any]:
    """Every row without its stamps of this run, and the state."""
    rows = {
        name: [
            {k: v for k, v in row.items() if k not in ("recorded_at", "crc")}
            for row in sorted(shell.rows(name), key=lambda row: str(row["id"]))
        ]
        for name in ("snapshots", "prompts", "resets")
    }
    anomalies = [row for row in shell.rows("anomalies") if row["kind"] != "torn-tail"]
    state = {name: data for name, data in shell.tree().items() if re.match(r"state/\w+/\w", name)}
    return {**rows, "anomalies": [row["id"] for row in anomalies], "state": state}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("call", CALLS)
def test_killed_at_any_write_and_run_again(tmp_path: Path, call: str) -> None:
    whole = begin(tmp_path)
    start = tmp_path / "start"
    shutil.copytree(whole.book, start)
    counted = tmp_path / "calls"
    reset(whole, "strace", "-qq", "-e", f"trace={call}", "-o", str(counted))
    times = len(re.findall(rf"^{call}\(", counted.read_text(), re.MULTILINE))
    assert times
    wanted = content(whole)
    assert len(wanted["snapshots"]) == 7
    for number in range(1, times + 1):
        shutil.rmtree(whole.book)
        shutil.copytree(start, whole.book)
        how = f"inject={call}:signal=SIGKILL:when={number}"
        done = reset(whole, "strace", "-qq", "-e", f"trace={call}", "-e", how, "-o", "/dev/null")
        assert done.returncode in (-9, 137), (number, done)
        assert reset(whole).returncode == 74  # bo's capture fails
        assert content(whole) == wanted, (call, number)
        assert whole.run("check").returncode == 0, whole.run("check").stdout
