"""Locks: with stopped, nested or abandoned processes, no command waits without bound."""

import fcntl
import os
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import killing
import pytest
from conftest import codex
from waiting import is_awaited, until

from torture.clone import clone
from torture.figures import part, record
from torture.writers import (
    LOCKING,
    Done,
    Writer,
    environment,
    journals,
    no_book,
    ok,
    one_before,
    run,
)

NO_FLOCK = ("strace", "-f", "-o", os.devnull, "-e", "trace=flock", "-e", "inject=flock:retval=0")
FEW = ("sh", "env", "mkdir", "readlink", "cat", "sleep", "mktemp", "rm", "setsid", "git", "echo")


def free(path: Path) -> bool:
    """Whether no process holds a lock."""
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


class Nest:
    """A project and a place, with what its capture command and its hook run."""

    def __init__(self, folder: Path) -> None:
        self.project, self.folder = clone(folder / "project"), folder / "place"
        self.folder.mkdir()
        one_before(self.folder)
        self.book = self.folder / "book"

    def calls(self, text: str) -> None:
        """The script that the capture command and the hook run, before they succeed."""
        script = self.folder / "call"
        script.write_text(f"#!/bin/sh\n{text}\ncat {self.folder}/pane\n")
        script.chmod(0o700)
        (self.folder / "pane").write_text(codex(five=95))
        config = self.folder / "config"
        (config / "agents.toml").write_text(
            f'[agents.main]\nprovider = "codex"\ncapture = ["{script}"]\n'
        )
        (config / "budgets.toml").write_text(
            f"[budgets.default]\ncapacity_tokens = 2\ntarget_tokens = 1\nwarn = [0.5]\n"
            f'[notify]\nmeters = [0.01]\ncommand = ["{script}"]\n'
        )

    def run(self, *words: str, **more: str) -> Done:
        """Run a command of the project to its end. A wait for a lock would end with 75."""
        command = [str(self.project / words[0]), *words[1:]]
        return run(command, self.folder, variables={**environment(self.folder), **more})

    def locks(self) -> list[Path]:
        """Every lock that there is."""
        return [self.book / ".lock", *self.book.glob(".recipe.*.lock")]


END = ("codex", "--capture", "--window", "W1", "--at")
CALLERS = (
    ("bin/snapshot", "end", *END, "2026-11-22T10:00"),
    ("just", "end", *END, "2026-11-22T10:10"),
    ("bin/reset", "--force", "--at", "2026-11-23T09:00"),
    ("just", "reset", "--force", "--at", "2026-11-24T09:00"),
    ("just", "budget", "--window", "W1", "--at", "2026-11-22T10:20"),
)


def test_processes_left_by_captures_and_hooks_hold_no_lock(tmp_path: Path) -> None:
    """They call writers by script and by recipe, and leave processes that live on."""
    nest, wrong, ran = Nest(tmp_path), list[str](), 0
    nest.calls(
        f"date >> {nest.folder}/called\n"
        f"{nest.project}/bin/checkpoint W1 --actual $$ >> {nest.folder}/inner 2>&1 || exit 1\n"
        f"{nest.project}/just checkpoint W1 --actual $$ >> {nest.folder}/inner 2>&1 || exit 2\n"
        # A hook's process group is ended with it, so wait until the process has left the group.
        f"setsid sh -c 'echo $$ > {nest.folder}/left.$$; exec sleep 600' "
        "< /dev/null > /dev/null 2>&1 &\n"
        f"until [ -s {nest.folder}/left.$! ]; do sleep 0.01; done"
    )
    for words in CALLERS:
        before = _lines(nest.folder / "called")
        done = nest.run(*words)
        ran += _lines(nest.folder / "called") - before
        if done.returncode or "checkpoint" in done.stderr:
            wrong.append(f"{' '.join(words)}: {done}")
        wrong += [
            f"{' '.join(words)}: {path.name} is held" for path in nest.locks() if not free(path)
        ]
    left = [int(path.read_text()) for path in nest.folder.glob("left.*")]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    ok(nest.folder, "check")
    print(*wrong, (nest.folder / "inner").read_text(), sep="\n")
    record(
        "Commands inside captures and hooks, and what these leave behind, lock nobody out",
        "test_processes_left_by_captures_and_hooks_hold_no_lock",
        f"{len(wrong)} wrong of {len(CALLERS)} callers, whose {ran} programs called a script and a "
        f"recipe each and left {len(left)} processes",
        "0 wrong",
        not wrong and ran >= len(CALLERS) and len(left) == ran,
    )


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_recipes_with_flock_and_without_it_take_one_lock(tmp_path: Path) -> None:
    nest = Nest(tmp_path)
    few = tmp_path / "few"
    few.mkdir()
    for name in FEW:
        (few / name).symlink_to(str(shutil.which(name)))
    assert shutil.which("flock", path=str(few)) is None
    wrong = 0
    for number, path in enumerate((str(few), "/usr/bin:/bin")):
        assert nest.run("just", "checkpoint", "W1", PATH=path).returncode == 0
        [lock] = nest.book.glob(".recipe.main.lock")
        with lock.open() as lock_file:
            fcntl.flock(lock_file, fcntl.LOCK_EX)
            words = [str(nest.project / "just"), "undo", "codex", "--phase", "before"]
            waits = subprocess.Popen(
                [*words, "--at", f"2026-11-22T10:0{number}"],
                env={**environment(nest.folder), "PATH": path},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            before = journals(nest.folder)
            until(lambda lock=lock: is_awaited(lock))
            wrong += waits.poll() is not None or journals(nest.folder) != before
        waits.communicate(timeout=60)
        wrong += waits.returncode not in (0, 66)
    record(
        "Where flock(1) is missing, recipes take the same lock through Python",
        "test_recipes_with_flock_and_without_it_take_one_lock",
        f"{wrong} wrong of 2 recipes that waited for a held lock, one of them without flock(1)",
        "0 wrong",
        not wrong,
    )


@pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))
def test_nothing_is_booked_where_flock_does_nothing(tmp_path: Path) -> None:
    writers = LOCKING if part() else LOCKING[1::6]

    def run_one(writer: Writer) -> list[str]:
        folder = tmp_path / writer.name.replace(" ", "-")
        folder.mkdir()
        writer.set_up(folder)
        before = journals(folder)
        done = run([*NO_FLOCK, *writer.command(folder)], folder, writer.stdin)
        lines = done.stderr.splitlines()
        refused = done.returncode == 74 and "does not lock files" in lines[-1]
        return [] if refused and journals(folder) == before else [f"{writer.name}: {done}"]

    with ThreadPoolExecutor(2) as threads:
        wrong = [why for faults in threads.map(run_one, writers) for why in faults]
    project, stage = clone(tmp_path / "project"), tmp_path / "asked"
    stage.mkdir()
    no_book(stage)
    doctor = run([*NO_FLOCK, str(project / "just"), "doctor"], stage)
    if doctor.returncode != 74 or "two processes can hold the same lock" not in doctor.stdout:
        wrong.append(f"doctor: {doctor}")
    record(
        "Where flock does nothing, doctor says so and no command writes",
        "test_nothing_is_booked_where_flock_does_nothing",
        f"{len(wrong)} wrong of {len(writers)} commands and doctor"
        f"{'; the first: ' + wrong[0] if wrong else ''}",
        "0 wrong",
        not wrong,
    )
