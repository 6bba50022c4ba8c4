"""The reset from a shell: many at once, captures side by side, and what ends them."""

import fcntl
import os
import signal
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Shell
from frontdoor import House
from manual import clone_in
from waiting import is_awaited, until

# BURNBOOK_ROUNDS=20 makes it twenty at once, twenty times over.
ROUNDS = int(os.environ.get("BURNBOOK_ROUNDS", "2"))
AT_ONCE = 20
CODEX = "5h limit: {}% used (resets 05:02)\nWeekly limit: 31% used (resets 07:30 on 26 Nov)\n"
WINDOWS = 'timezone = "UTC"\n[windows.W0-CHN]\nnext = "W0-CHP"\n[windows.W0-CHP]\n'


def declare(config: Path, **captures: str) -> None:
    """Put an agent with a capture, as TOML, in agents.toml for each name."""
    agents = [f'[agents.{n}]\nprovider = "codex"\n{text}\n' for n, text in captures.items()]
    (config / "agents.toml").write_text("".join(agents))


def started(shell: Shell, *agents: str) -> None:
    for agent in agents:
        at = ("--at", "2026-11-22T09:00")
        shell.ok("snapshot", "start", "codex", "--agent", agent, *at, stdin=CODEX.format(11))


def pairs(rows: list[Any]) -> Counter[tuple[str, str, str]]:
    return Counter((row["agent"], row["window"], row["phase"]) for row in rows)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> House:
    return clone_in(tmp_path_factory.mktemp("reset"))


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("hand", [False, True], ids=["crons", "crons and a hand"])
def test_twenty_simultaneous_resets_book_one_pair_per_agent(
    clone: House, tmp_path: Path, number: int, hand: bool
) -> None:
    shell = Shell(tmp_path)
    (shell.config / "windows.toml").write_text(WINDOWS)
    started(shell, "ada", "bo")
    (tmp_path / "pane").write_text(CODEX.format(1))
    capture = f'capture = ["cat", "{tmp_path / "pane"}"]'
    declare(shell.config, ada=capture, bo=capture)
    # Each has another moment, because rows of one moment would be one row.
    running = []
    for second in range(AT_ONCE):
        when = f"--at=2026-11-23T00:06:{second:02}"
        words = ["./just" if second % 2 else "bin/reset", *["reset"] * (second % 2), when]
        if hand and second == number % AT_ONCE:
            words = ["bin/snapshot", "cross", "codex", "--set", "weekly=30", "--agent=bo", when]
        elif second % 7 == 3:
            words.append("--force")
        running.append(clone.start(*words, **shell.environment))
    for process in running:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, (out, err)
    agents = ("ada", "bo")
    assert pairs(shell.rows("snapshots")) == {
        (agent, *what): 1
        for agent in agents
        for what in (("W0-CHN", "before"), ("W0-CHN", "after"), ("W0-CHP", "before"))
    }
    assert shell.ok("check").startswith("ok")


def test_captures_run_in_parallel_and_a_hung_one_is_ended(shell: Shell, tmp_path: Path) -> None:
    started(shell, "ada", "bo", "cy")
    (tmp_path / "pane").write_text(CODEX.format(1))

    def meets(own: str, other: str) -> str:
        """A capture that prints its pane once the other capture has started, too."""
        wait = f"touch {tmp_path}/{own}; until [ -e {tmp_path}/{other} ]; do sleep 0.05; done"
        return f'capture = ["sh", "-c", "{wait}; cat {tmp_path}/pane"]'

    hangs = 'capture = ["sleep", "600"]\ntimeout_seconds = 1'
    declare(shell.config, ada=meets("ada", "bo"), bo=meets("bo", "ada"), cy=hangs)
    done = shell.run("reset", "--at", "2026-11-23T00:06")
    assert done.returncode == 74
    assert done.stderr == "reset: cy codex: the capture command 'sleep 600' did not finish in 1 s\n"
    assert done.stdout.count("BEFORE W0-CHP") == 2


def test_a_signal_ends_the_captures_with_it_and_books_nothing(shell: Shell) -> None:
    started(shell, "ada")
    mark = f"6{os.getpid()}"
    declare(shell.config, ada=f'capture = ["sleep", "{mark}"]\ntimeout_seconds = 100')
    before = shell.tree()
    process = shell.start("reset", "--at", "2026-11-23T00:06")
    until(lambda: alive("sleep", mark))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM
    assert not alive("sleep", mark)
    assert shell.tree() == before


def alive(*words: str) -> bool:
    listed = subprocess.check_output(["ps", "-eo", "args"], text=True).splitlines()
    return " ".join(words) in listed


def test_the_moment_is_that_of_the_capture_not_of_the_booking(clone: House, tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (shell.config / "windows.toml").write_text(f'lag_buffer = "0s"\n{WINDOWS}')
    pane = 'capture = ["echo", "5h limit: 1% used"]'
    # A BEFORE shortly before a reset counts for the one after it: 25 hours are past it at any time.
    yesterday = (datetime.now(UTC) - timedelta(hours=25)).isoformat()
    shell.ok("snapshot", "start", "codex", "--at", yesterday, stdin=CODEX.format(11))
    declare(shell.config, main=pane)
    path = shell.book / ".recipe.slow.lock"
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = clone.start("./just", "reset", "--agent=slow", **shell.environment)
        until(lambda: is_awaited(path))
        captured_before = datetime.now(UTC)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, (out, err)
    [after] = [row for row in shell.rows("snapshots") if row["phase"] == "after"]
    captured, booked = (
        datetime.fromisoformat(after[key]) for key in ("captured_at", "recorded_at")
    )
    assert captured < captured_before < booked


def test_a_secret_in_a_capture_command_does_not_reach_the_book(shell: Shell) -> None:
    started(shell, "ada")
    secret = "ghp_" + "a1" * 10
    declare(shell.config, ada=f'capture = ["sh", "-c", "exit 3", "--token={secret}"]')
    assert shell.run("reset", "--at", "2026-11-23T00:06").returncode == 74
    [anomaly] = shell.rows("anomalies")
    assert "[key]" in anomaly["detail"]
    assert all(secret.encode() not in data for data in shell.tree(store=True).values())
