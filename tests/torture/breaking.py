"""A command's system calls, and the result if one of them fails or the command is killed at it.

strace injects the fault: `error=` makes a call fail without effect, `signal=KILL` ends the process.
It starts the command, or attaches to one in a warm Python (torture.warm) before its first own call.
"""

import os
import pickle
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from killing import CHANGES

from torture.disk import State
from torture.recording import INPUTS, Event
from torture.setups import environment, run
from torture.trees import Tree, drop
from torture.warm import Done, warm
from torture.writers import Writer

ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EACCES", "EMFILE", "EROFS", "ENOLCK")
# Calls that reach a disk, a lock or another program; the rest is memory, time and signals.
REACHING = frozenset(
    (
        *("openat", "read", "pread64", "write", "pwrite64", "writev", "close", "fsync"),
        *("fdatasync", "rename", "renameat", "renameat2", "ftruncate", "truncate", "flock"),
        *("unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "fchmod", "chmod", "fchmodat"),
        *("link", "linkat", "symlink", "symlinkat", "newfstatat", "fstat", "lseek", "fcntl"),
        *("getdents64", "readlink", "access", "dup", "dup2", "pipe2", "statx", "copy_file_range"),
    )
)
# Calls at which a kill can have another result than at the next: reads change nothing.
DEADLY = CHANGES | {"openat", "close", "fcntl", "dup2", "pipe2", "vfork", "clone", "clone3"}
_LINE = re.compile(r"([a-z]\w+)\((.*)")
_ENDS = ("execve", "exit_group", "exit")


class Fault(NamedTuple):
    """The `number`th call of a name gets `what`; with `onward`, each one after it as well."""

    call: str
    number: int
    what: str = "signal=KILL"
    onward: bool = False

    def words(self) -> list[str]:
        """The option of strace."""
        when = f"{self.number}+" if self.onward else f"{self.number}"
        inject = f"inject={self.call}:{self.what}:when={when}"
        return ["strace", "-o", "/dev/null", "-e", f"trace={self.call}", "-e", inject]


class Call(NamedTuple):
    """A system call: its name, how many of that name there were with it, and what strace shows."""

    name: str
    number: int
    shown: str


class Stage:
    """A place that a writer's `set_up` fills; `reset` puts it back to that, at its path.

    Stages in one folder share their place, so only one of them is used at a time.
    """

    _trees: dict[tuple[Path, Callable[[Path], None]], Tree] = {}  # noqa: RUF012 - for all

    def __init__(self, writer: Writer, folder: Path) -> None:
        self.writer, self.folder = writer, folder / "place"
        self.folder.mkdir(parents=True, exist_ok=True)
        key = (folder, writer.set_up)
        if key not in self._trees:
            Tree.clear(self.folder)
            writer.set_up(self.folder)
            self._trees[key] = Tree(self.folder)
        self._tree = self._trees[key]

    def reset(self) -> None:
        """Restore the folder as it was set up."""
        self._tree.put()

    def put(self, state: State) -> None:
        """Restore the folder as it was set up, and replace all files but the command's inputs by
        these."""
        self.reset()
        for entry in self.folder.iterdir():
            if entry.name not in INPUTS:
                drop(str(entry))
        written: dict[int, Path] = {}
        mask = os.umask(0o077)
        for name, (key, data) in state.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if key in written:
                path.hardlink_to(written[key])
            else:
                path.write_bytes(data)
                written[key] = path
        os.umask(mask)

    def run(self, fault: Fault | None = None, *, cold: bool = False) -> Done:
        """The command, with a fault or as it is; `cold`: through the front door."""
        return self._run(fault.words() if fault else [], cold)

    def _run(self, strace: Sequence[str], cold: bool) -> Done:
        command = self.writer.command(self.folder)
        if cold:
            return run([*strace, *command], self.folder, self.writer.stdin)
        return warm().run(command, environment(self.folder), self.writer.stdin, strace)

    def recorded(self, refuse: str = "") -> tuple[Done, list[Event]]:
        """The command, and what it does to the place; the first fsync in `refuse` fails."""
        self.reset()
        self._run([], cold=False)  # once before, as for `calls`
        self.reset()
        with tempfile.NamedTemporaryFile() as log:
            done = warm().run(
                self.writer.command(self.folder),
                environment(self.folder),
                self.writer.stdin,
                record=(str(self.folder), log.name, refuse),
            )
            return done, pickle.load(log)

    def calls(self, *, cold: bool = False) -> list[Call]:
        """Every call from the first that names the place on."""
        self.reset()
        self._run(
            [], cold
        )  # once before, so that files compiled or imported on first use cause no calls
        self.reset()
        with tempfile.NamedTemporaryFile("r") as log:
            done = self._run(["strace", "-s", "4096", "-o", log.name], cold)
            assert done.returncode == self.writer.code, done
            matches = [match.groups() for match in map(_LINE.match, log) if match]
        counts: Counter[str] = Counter()
        points, is_begun = [], False
        for name, rest in matches:
            counts[name] += 1
            is_begun = is_begun or (name not in _ENDS and str(self.folder) in rest)
            if is_begun and name not in _ENDS:
                points.append(Call(name, counts[name], rest))
        return points


def rotated(calls: Sequence[Call], first: int) -> list[Fault]:
    """Each call failing once and from then on; every name meets every error, both ways.

    The errors take turns, from the `first` on; a name with fewer calls than errors has them again.
    """
    by_name: dict[str, list[Call]] = {}
    for call in calls:
        by_name.setdefault(call.name, []).append(call)
    return [
        Fault(name, same[at % len(same)].number, f"error={ERRORS[(at + first) % 7]}", onward)
        for name, same in by_name.items()
        for onward in (False, True)
        for at in range(max(len(same), len(ERRORS)))
    ]


def sample(faults: Sequence[Fault], count: int, seed: object) -> Iterator[Fault]:
    """`count` of the faults by lot: of each call's name one, as far as that goes, then the rest."""
    lot = random.Random(str(seed))
    mixed = lot.sample(faults, len(faults))
    named = list({(fault.call, fault.onward): fault for fault in mixed}.values())
    lot.shuffle(named)
    rest = [fault for fault in mixed if fault not in set(named)]
    yield from [*named, *rest][: max(0, count)]
