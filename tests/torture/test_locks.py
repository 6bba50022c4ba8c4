"""Locks: whoever is stopped, nested, left behind or deceived, nobody waits without bound."""

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
from torture.writers import LOCKING, Done, Writer, bare, begun, environment, journals, ok, run

NO_FLOCK = ("strace", "-f", "-o", os.devnull, "-e", "trace=flock", "-e", "inject=flock:retval=0")
FEW = ("sh", "env", "mkdir", "readlink", "cat", "sleep", "mktemp", "rm", "setsid", "git", "echo")


def free(path: Path) -> bool:
    """Whether nobody holds a lock."""
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


class Nest:
    """A project and a place, with what its capture command and its hook run."""

    def __init__(self, folder: Path) -> None:
        self.project, self.place = clone(folder / "project"), folder / "place"
        self.place.mkdir()
        begun(self.place)
        self.book = self.place / "book"

    def calls(self, text: str) -> None:
        """What the capture command and the hook of this place run, before they end well."""
        script = self.place / "call"
        script.write_text(f"#!/bin/sh\n{text}\ncat {self.place}/pane\n")
        script.chmod(0o700)
        (self.place / "pane").write_text(codex(five=95))
        config = self.place / "config"
        (config / "agents.toml").write_text(
            f'[agents.main]\nprovider = "codex"\ncapture = ["{script}"]\n'
        )
        (config / "budgets.toml").write_text(
            f"[budgets.default]\ncapacity_tokens = 2\ntarget_tokens = 1\nwarn = [0.5]\n"
            f'[notify]\ncommand = ["{script}"]\n'
        )

    def run(self, *words: str, **more: str) -> Done:
        """Run a command of the project to its end. A wait for a lock would end with 75."""
        command = [str(self.project / words[0]), *words[1:]]
        return run(command, self.place, variables={**environment(self.place), **more})

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


def test_what_a_capture_or_hook_calls_or_leaves_behind_locks_nobody_out(tmp_path: Path) -> None:
    """They call writers by script and by recipe, and leave processes that live on."""
    nest, wrong, ran = Nest(tmp_path), list[str](), 0
    nest.calls(
        f"date >> {nest.place}/called\n"
        f"{nest.project}/bin/checkpoint W1 --actual $$ >> {nest.place}/inner 2>&1 || exit 1\n"
        f"{nest.project}/just checkpoint W1 --actual $$ >> {nest.place}/inner 2>&1 || exit 2\n"
        # A hook's process group is ended with it, so wait until the process has left the group.
        f"setsid sh -c 'echo $$ > {nest.place}/left.$$; exec sleep 600' "
        "< /dev/null > /dev/null 2>&1 &\n"
        f"until [ -s {nest.place}/left.$! ]; do sleep 0.01; done"
    )
    for words in CALLERS:
        before = _lines(nest.place / "called")
        done = nest.run(*words)
        ran += _lines(nest.place / "called") - before
        if done.returncode or "checkpoint" in done.stderr:
            wrong.append(f"{' '.join(words)}: {done}")
        wrong += [
            f"{' '.join(words)}: {path.name} is held" for path in nest.locks() if not free(path)
        ]
    left = [int(path.read_text()) for path in nest.place.glob("left.*")]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    ok(nest.place, "check")
    print(*wrong, (nest.place / "inner").read_text(), sep="\n")
    record(
        "Commands inside captures and hooks, and what these leave behind, lock nobody out",
        "test_what_a_capture_or_hook_calls_or_leaves_behind_locks_nobody_out",
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
        with lock.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            words = [str(nest.project / "just"), "undo", "codex", "--phase", "before"]
            waits = subprocess.Popen(
                [*words, "--at", f"2026-11-22T10:0{number}"],
                env={**environment(nest.place), "PATH": path},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            before = journals(nest.place)
            until(lambda lock=lock: is_awaited(lock))
            wrong += waits.poll() is not None or journals(nest.place) != before
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

    def one(writer: Writer) -> list[str]:
        place = tmp_path / writer.name.replace(" ", "-")
        place.mkdir()
        writer.set_up(place)
        before = journals(place)
        done = run([*NO_FLOCK, *writer.command(place)], place, writer.stdin)
        said = done.stderr.splitlines()
        refused = done.returncode == 74 and "does not lock files" in said[-1]
        return [] if refused and journals(place) == before else [f"{writer.name}: {done}"]

    with ThreadPoolExecutor(2) as threads:
        wrong = [why for some in threads.map(one, writers) for why in some]
    project, place = clone(tmp_path / "project"), tmp_path / "asked"
    place.mkdir()
    bare(place)
    doctor = run([*NO_FLOCK, str(project / "just"), "doctor"], place)
    if doctor.returncode != 74 or "two processes get one lock" not in doctor.stdout:
        wrong.append(f"doctor: {doctor}")
    record(
        "Where flock does nothing, doctor says so and no command writes",
        "test_nothing_is_booked_where_flock_does_nothing",
        f"{len(wrong)} wrong of {len(writers)} commands and doctor"
        f"{'; the first: ' + wrong[0] if wrong else ''}",
        "0 wrong",
        not wrong,
    )
