"""A command's system calls, and what becomes of it when one of them fails or is its last.

strace injects: `error=` makes a call fail without being made, `signal=KILL` ends the process.
"""

import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from torture.writers import Done, Writer, run

ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EACCES", "EMFILE", "EROFS", "ENOLCK")
# Calls that reach a disk, a lock or another program; the rest is memory, time and signals.
REACHING = frozenset(
    (
        *(
            "openat",
            "read",
            "pread64",
            "write",
            "pwrite64",
            "writev",
            "close",
            "fsync",
            "fdatasync",
        ),
        *("rename", "renameat", "renameat2", "ftruncate", "truncate", "flock", "unlink", "rmdir"),
        *("mkdir", "fchmod", "chmod", "link", "symlink", "newfstatat", "fstat", "lseek", "fcntl"),
        *("getdents64", "readlink", "access", "dup", "dup2", "pipe2", "statx"),
    )
)
_LINE = re.compile(r"([a-z]\w+)\((.*)")
_ENDS = ("execve", "exit_group", "exit")


class Fault(NamedTuple):
    """The `number`th call of a name gets `what`; with `onward`, each one after it as well."""

    call: str
    number: int
    what: str = "signal=KILL"
    onward: bool = False

    def words(self) -> list[str]:
        """What strace is told."""
        when = f"{self.number}+" if self.onward else f"{self.number}"
        inject = f"inject={self.call}:{self.what}:when={when}"
        return ["strace", "-o", "/dev/null", "-e", f"trace={self.call}", "-e", inject]


class Stage:
    """A place that a writer's `set_up` fills once; `reset` puts it back to that, at its path."""

    def __init__(self, writer: Writer, folder: Path) -> None:
        self.writer, self.place = writer, folder / writer.name.replace(" ", "-")
        self._kept = self.place.with_name(f"{self.place.name}.kept")
        self.place.mkdir()
        writer.set_up(self.place)
        shutil.copytree(self.place, self._kept, symlinks=True)

    def reset(self) -> None:
        """Make the place what it was when it was set up."""
        shutil.rmtree(self.place)
        shutil.copytree(self._kept, self.place, symlinks=True)

    def run(self, fault: Fault | None = None) -> Done:
        """The command, with a fault or as it is."""
        words = fault.words() if fault else []
        return run([*words, *self.writer.command(self.place)], self.place, self.writer.stdin)

    def calls(self) -> list[tuple[str, int]]:
        """(call, how many of it before and with it) from the first that names the place on."""
        self.run()  # once before: what is compiled or cached on first use is no call
        self.reset()
        with tempfile.NamedTemporaryFile("r") as log:
            command = ["strace", "-o", log.name, *self.writer.command(self.place)]
            done = run(command, self.place, self.writer.stdin)
            assert done.returncode == self.writer.code, done
            found = [match.groups() for match in map(_LINE.match, log) if match]
        counts: Counter[str] = Counter()
        points, is_begun = [], False
        for call, rest in found:
            counts[call] += 1
            is_begun = is_begun or (call not in _ENDS and str(self.place) in rest)
            if is_begun and call not in _ENDS:
                points.append((call, counts[call]))
        return points


def some(faults: Sequence[Fault], count: int, seed: int) -> Iterator[Fault]:
    """`count` of the faults, each call's name among them as far as that goes, the rest by lot."""
    lot = random.Random(seed)
    mixed = lot.sample(faults, len(faults))
    named = list({(fault.call, fault.onward): fault for fault in mixed}.values())
    rest = [fault for fault in mixed if fault not in set(named)]
    yield from [*named, *rest][: max(0, count)]
