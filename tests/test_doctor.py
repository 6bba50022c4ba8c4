"""doctor detects a file system without the properties that the book depends on."""

import errno
import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from burnbook.base import rooted_path
from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock
from burnbook.doctor import filesystem, machine
from conftest import Shell, codex
from frontdoor import ROOT

# Every flock succeeds, and does nothing.
NO_FLOCK = ("strace", "-f", "-o", os.devnull, "-e", "trace=flock", "-e", "inject=flock:retval=0")
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="no strace")


def without_flock(shell: Shell, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    command = [*NO_FLOCK, str(ROOT / "bin" / words[0]), *words[1:]]
    how: Any = {"env": shell.environment, "capture_output": True, "text": True, "timeout": 60}
    return subprocess.run(command, input=stdin, check=False, **how)


def verdicts(probes: list[Any]) -> dict[str, str]:
    return {probe.name: probe.verdict for probe in probes}


@needs_strace
def test_a_file_system_whose_flock_does_nothing_is_refused(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", "--window", "W1", stdin=codex())
    done = without_flock(shell, "doctor")
    assert done.returncode == 74
    assert "two processes can hold the same lock" in done.stdout
    before = shell.tree()
    done = without_flock(shell, "snapshot", "end", "codex", stdin=codex(51))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (74, "", 1), done
    assert "does not lock files, so nothing is written" in done.stderr
    assert shell.tree() == before


def test_a_writer_tries_its_own_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lock.book_lock(str(tmp_path)):
        assert lock.works(RootedPath(str(tmp_path), ".lock"))
    assert not lock.works(RootedPath(str(tmp_path), ".lock"))
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    with pytest.raises(IOFault, match="does not lock"), lock.book_lock(str(tmp_path)):
        pass


def test_each_filesystem_probe_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(verdicts(filesystem.probe(str(tmp_path))).values()) <= {"ok", "warn"}

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    def overwrite(path: RootedPath, data: bytes, **_: object) -> None:
        with open(str(path), "wb") as file:
            file.write(data)

    for name, where, value in (
        ("locks", (fcntl, "flock"), lambda *_: None),
        ("fsync", (os, "fsync"), refuse),
        ("rename", (RootedPath, "replace"), overwrite),
        ("links", (rooted_path, "_FILE"), os.O_CLOEXEC),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(*where, value)
            assert verdicts(filesystem.probe(str(tmp_path)))[name] == "fail", name
    assert list(tmp_path.iterdir()) == []


def test_a_full_or_small_disk_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs(tmp_path)
    for blocks, verdict in ((0, "fail"), ((1 << 27) // real.f_frsize, "warn")):
        stats = os.statvfs_result((*real[:4], blocks, *real[5:10]))
        monkeypatch.setattr(os, "statvfs", lambda _, stats=stats: stats)
        assert verdicts(filesystem.probe(str(tmp_path)))["free space"] == verdict


def test_a_clock_that_was_set_back_is_reported(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.ok("snapshot", "start", "codex", "--window", "W1", stdin=codex())
    assert verdicts(machine.probe(str(shell.book)))["clock"] == "ok"
    path = shell.book / "snapshots.jsonl"
    line = path.read_text().replace('"recorded_at":"20', '"recorded_at":"29')
    path.write_text(line)
    assert verdicts(machine.probe(str(shell.book)))["clock"] == "warn"


def test_missing_programs_are_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    results = verdicts(machine.probe(str(tmp_path)))
    assert (results["git"], results["tmux"], results["crontab"]) == ("warn", "warn", "warn")
    assert (results["flock"], results["strace"]) == ("ok", "ok")


def test_an_unwritable_directory_is_reported(shell: Shell) -> None:
    done = shell.run("doctor", BURNBOOK_DATA_DIR="/proc/book")
    assert done.returncode == 1
    assert "cannot write to /proc" in done.stdout


def test_the_doctor_leaves_nothing(shell: Shell, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    shell.ok("doctor", HOME=str(tmp_path))
    assert sorted(tmp_path.rglob("*")) == before


def test_leftovers_of_doctor_are_reported_and_removed(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", "--set", "5h=1")
    left = shell.book / ".doctor.4194305.tmp"  # a pid that no system gives
    left.mkdir()
    (left / "lock").write_text("")
    (left / "thesis.txt").write_text("mine")
    assert ".doctor.4194305.tmp: was left by a command that was killed" in shell.ok("check")
    shell.ok("repair")
    assert [path.name for path in left.iterdir()] == ["thesis.txt"]
    (left / "thesis.txt").unlink()
    shell.ok("repair")
    assert not left.exists()
    assert "doctor" not in shell.ok("check")


def test_programs_that_jobs_cannot_start_are_named(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for name, first in (("claude", "#!/usr/bin/env -S node --no-warnings"), ("node", "#!/bin/sh")):
        (folder / name).write_text(f"{first}\n")
        (folder / name).chmod(0o755)
    (shell.config / "agents.toml").write_text(
        '[agents.main]\nprovider = "claude"\ncapture = ["claude"]\n'
        '[agents.zoe]\nprovider = "codex"\ncapture = "tmux"\n'
        '[agents.zoe.tmux]\ncommand = ["sh"]\nwait_for = "a"\nuntil = "b"\n'
    )
    (shell.config / "schedules.toml").write_text(f'path = "{tmp_path}/none"\n')

    def named(path: str) -> list[str]:
        probes = shell.json("doctor", PATH=path, HOME=str(tmp_path))["probes"]
        messages = [probe["said"] for probe in probes if probe["name"] == "agents.toml"]
        return [sentence.partition("agents.toml: ")[2] for sentence in messages]

    write = f'write path = "{tmp_path}/none:{folder}" in schedules.toml'
    main, needed, *zoe = named(f"{folder}:/usr/bin:/bin")
    valid = "is not valid; valid: a program on the jobs' PATH"
    assert main == f"agents.main.capture[0] = 'claude' {valid}; {write}"
    assert needed == f"agents.main.capture[0] = 'node' {valid}, which claude needs; {write}"
    assert [sentence.partition(" is not")[0] for sentence in zoe] == [
        "agents.zoe.capture = 'tmux'",
        "agents.zoe.tmux.command[0] = 'sh'",
    ]
    (shell.config / "schedules.toml").write_text(f'path = "{folder}:/usr/bin:/bin"\n')
    assert named(f"{folder}:/usr/bin:/bin") == []
