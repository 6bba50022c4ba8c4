"""A captured pane on its way to its row: it is in no file, and nothing is lost."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Shell, codex
from frontdoor import House
from manual import clone_in

KEY = "sk-" + "ant-api03-abcd1234EFGH5678ijkl"
MAIL = "ada.lovelace" + "@example.com"
PANE = f"{codex()}  Account: {MAIL} (Pro)\n  API key {KEY}\n"
WORDS = ("start", "codex", "--capture", "--at", "2026-11-22T10:00")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> House:
    return clone_in(tmp_path_factory.mktemp("waiting"))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell whose agent `main` has a capture that shows a key and an account."""
    shell = Shell(tmp_path)
    # The secrets are in no file that a search of the folder could find: printf joins them.
    halves = PANE.replace(KEY, "%s%s").replace(MAIL, "%s%s").replace("% ", "%% ")
    script = tmp_path / "pane"
    parts = (MAIL[:8], MAIL[8:], KEY[:12], KEY[12:])
    script.write_text(f"#!/bin/sh\nprintf '{halves}' {' '.join(parts)}\n")
    script.chmod(0o700)
    (shell.config / "agents.toml").write_text(
        f'[agents.main]\nprovider = "codex"\ncapture = ["{script}"]\n'
    )
    (tmp_path / "tmp").mkdir()
    shell.environment["TMPDIR"] = str(tmp_path / "tmp")
    return shell


def holding(folder: Path) -> Iterator[Path]:
    """Every file that contains a part of the key or of the address."""
    for path in folder.rglob("*"):
        if path.is_file() and any(
            part in path.read_bytes() for part in (KEY[7:].encode(), b"lovelace@")
        ):
            yield path


def test_nothing_of_a_capture_is_on_a_disk_while_its_recipe_waits_or_after_a_kill(
    clone: House, shell: Shell, tmp_path: Path
) -> None:
    mark = tmp_path / "waits"
    clone.program("flock", f"#!/bin/sh\n: >'{mark}'\nexec sleep 60\n")
    try:
        # With the PATH of the clone, whose `flock` waits longer than any test.
        variables = {k: v for k, v in shell.environment.items() if k != "PATH"}
        process = clone.start("./just", *WORDS, **variables)
        while not mark.exists():
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        assert [*holding(tmp_path), *holding(clone.root / "data")] == []
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)
    finally:
        (clone.root / "programs" / "flock").unlink()
    assert [*holding(tmp_path), *holding(clone.root / "data")] == []
    done = clone.run("./just", *WORDS, **shell.environment)
    assert done.returncode == 0, done
    assert shell.ok("check").startswith("ok")


def test_a_row_from_a_recipe_has_the_pane_values_and_no_secret(
    clone: House, shell: Shell, tmp_path: Path
) -> None:
    done = clone.run("./just", *WORDS, **shell.environment)
    assert (done.returncode, done.stderr) == (0, ""), done
    [row] = shell.rows("snapshots")
    assert [meter["used_percent"] for meter in row["meters"]] == [11, 24]
    assert row["account"] is not None
    [raw] = (shell.book / "raw").iterdir()
    assert "Account: [email] (Pro)" in raw.read_text()
    assert list(holding(tmp_path)) == []
    again = shell.json("snapshot", *WORDS[:-1], "2026-11-22T10:05")
    assert again["booked"][0]["row"]["account"] == row["account"]


def test_every_byte_of_a_large_capture_comes_through(
    clone: House, shell: Shell, tmp_path: Path
) -> None:
    # 256 KiB of every byte: more than the capacity of a pipe, and not valid in a shell variable.
    filler = bytes(range(256)) * 1000
    (tmp_path / "large").write_bytes(codex().encode() + b"\n" + filler.replace(b"\x1b", b""))
    (shell.config / "agents.toml").write_text(
        f'[agents.main]\nprovider = "codex"\ncapture = ["cat", "{tmp_path / "large"}"]\n'
    )
    direct = shell.json("snapshot", *WORDS)["booked"][0]
    raw = next((shell.book / "raw").iterdir()).read_bytes()
    shell.environment["BURNBOOK_DATA_DIR"] = str(tmp_path / "second")
    done = clone.run("./just", *WORDS, "--format=json", **shell.environment)
    assert done.returncode == 0, done
    assert json.loads(done.stdout)["booked"][0]["row"]["id"] == direct["row"]["id"]
    assert next((tmp_path / "second" / "raw").iterdir()).read_bytes() == raw


def dead() -> int:
    """The id of a process that ended."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


@pytest.mark.parametrize("half", ["capture", "book"])
@pytest.mark.parametrize("who", ["nobody", "dead", "alive", "no number"])
def test_a_pass_that_the_environment_has_left_over_changes_nothing(
    shell: Shell, half: str, who: str
) -> None:
    pid = {"nobody": "", "dead": f" {dead()}", "alive": f" {os.getpid()}", "no number": " ²"}[who]
    done: Any = shell.run("snapshot", *WORDS, BURNBOOK_PASS=f"{half}{pid}", BURNBOOK_CAPTURED="/")
    assert done.returncode == 0, done
    assert "BEFORE W0-CHN main codex" in done.stdout
    assert len(shell.rows("snapshots")) == 1


def test_a_program_that_a_capture_starts_is_not_in_its_recipe(
    clone: House, shell: Shell, tmp_path: Path
) -> None:
    """It calls `snapshot --capture` of another agent, which books its own row at once."""
    inner = f"'{ROOT}/bin/snapshot' start codex --capture --agent bo --at 2026-11-22T10:01"
    (tmp_path / "outer").write_text(f"#!/bin/sh\n{inner} >&2 || exit\nexec '{tmp_path}/pane'\n")
    (tmp_path / "outer").chmod(0o700)
    own = f'[agents.bo]\nprovider = "codex"\ncapture = ["{tmp_path}/pane"]\n'
    agents = f'[agents.main]\nprovider = "codex"\ncapture = ["{tmp_path}/outer"]\n'
    (shell.config / "agents.toml").write_text(agents + own)
    done = clone.run("./just", *WORDS, **shell.environment)
    assert done.returncode == 0, done
    assert [row["agent"] for row in shell.rows("snapshots")] == ["bo", "main"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_recipe_books_where_a_signal_reaches_just_alone(
    clone: House, shell: Shell, tmp_path: Path, number: int, code: int
) -> None:
    """As README promises, the exit code is that of the signal, and the line names the row."""
    begun, go = tmp_path / "begun", tmp_path / "go"
    wait = f"while ! [ -e '{go}' ]; do sleep 0.05; done"
    (tmp_path / "slow").write_text(f"#!/bin/sh\n: >'{begun}'\n{wait}\nexec '{tmp_path}/pane'\n")
    (tmp_path / "slow").chmod(0o700)
    (shell.config / "agents.toml").write_text(
        f'[agents.main]\nprovider = "codex"\ncapture = ["{tmp_path}/slow"]\n'
    )
    process = clone.start("./just", *WORDS, **shell.environment)
    while not begun.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(number)
    go.touch()
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (code, f"error: interrupted by {number.name}\n")
    assert out.startswith("BEFORE W0-CHN main codex")
    again = clone.run("./just", *WORDS, **shell.environment)
    assert again.stdout == f"already booked: {out}"
