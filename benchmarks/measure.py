"""Whole processes, timed in turns, so that other load on the machine affects all of them."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from resource import struct_rusage
from statistics import median
from typing import NamedTuple

Check = Callable[[], None]


class Command(NamedTuple):
    """A process to time. What it `makes` is removed before it starts; `check` runs when it is done.

    stdin and stdout are files, or None for /dev/null. env: None is this process's own.
    """

    argv: list[str]
    stdin: Path | None = None
    stdout: Path | None = None
    makes: Path | None = None
    check: Check | None = None
    env: Mapping[str, str] | None = None


class Taken(NamedTuple):
    """The cost of a run: wall and processor seconds, and peak MiB of one process."""

    wall: float
    cpu: float
    peak: float


Rounds = list[dict[str, Taken]]


def prepare(command: Command) -> None:
    """Remove what it makes, and let earlier writes finish, which are not part of its time."""
    _remove(command.makes)
    os.sync()


def start(command: Command) -> int:
    """Start a command, and return its process id."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    files = [
        (os.POSIX_SPAWN_OPEN, 0, str(command.stdin or os.devnull), os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(command.stdout or os.devnull), flags, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    env = os.environ if command.env is None else command.env
    return os.posix_spawn(command.argv[0], command.argv, env, file_actions=files)


def finish(command: Command, process: int) -> struct_rusage:
    """Wait for a command's end, and return what it used; stop the benchmark if it failed."""
    # A waited-for process counts its own children too: their time, and the largest one's memory.
    _, status, usage = os.wait4(process, 0)
    if status:
        code = os.waitstatus_to_exitcode(status)
        sys.exit(f"{Path(sys.argv[0]).stem}: {' '.join(command.argv)} ended with {code}")
    return usage


def run(command: Command) -> Taken:
    """Run a command to its end; stop the benchmark if it fails."""
    prepare(command)
    began = time.perf_counter()
    process = start(command)
    usage = finish(command, process)
    wall = time.perf_counter() - began
    if command.check:
        command.check()
    return Taken(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def interleaved(make: Callable[[int], Mapping[str, Command]], count: int) -> Rounds:
    """Run every command once a round; `make` gives those of a round. Round 0 is to warm up."""
    rounds = [{name: run(command) for name, command in make(at).items()} for at in range(count + 1)]
    return rounds[1:]


def milliseconds(rounds: Rounds, name: str) -> float:
    """Median wall time of a command."""
    return 1000 * median(each[name].wall for each in rounds)


def ratio(rounds: Rounds, name: str, other: str) -> float:
    """Median of the rounds' ratios of wall time."""
    return median(each[name].wall / each[other].wall for each in rounds)


def _remove(path: Path | None) -> None:
    if path is not None and path.is_dir():
        shutil.rmtree(path)
    elif path is not None:
        path.unlink(missing_ok=True)
