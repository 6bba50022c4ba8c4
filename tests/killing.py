"""Kill -9 at system calls: a command dies there, runs again, and all is as if it had never died.

strace tells which calls a run makes from the moment on at which it first names the place that it
writes in; then the command is started again and again in the same place, killed before the first of
these calls, the second, and so on. What was left is repeated to its end and compared with a run
that nobody killed.

    stage = Stage(tmp_path / "place", set_up)
    for report in kill(stage, command, environment, facts, points): ...
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

# Calls that change something, or tell others that it may be changed.
CHANGES = frozenset(
    (
        *("write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat", "renameat2"),
        *("ftruncate", "truncate", "flock", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir"),
        *("fchmod", "chmod", "fchmodat", "link", "linkat", "symlink", "symlinkat"),
    )
)
_LINE = re.compile(r"(?:(\d+) +)?([a-z]\w+)\((.*)")


class Point(NamedTuple):
    """The `number`th call of one name: before it, the command dies."""

    call: str
    number: int


class Report(NamedTuple):
    """One death: where, whether the signal came, and what the repeated run left."""

    point: Point
    killed: bool
    facts: Any


class Stage:
    """A folder that `set_up` fills once; `reset` puts it back to that, at the same path."""

    def __init__(self, place: Path, set_up: Callable[[Path], None]) -> None:
        self.place, self._kept = place, place.with_name(f"{place.name}.kept")
        place.mkdir()
        set_up(place)
        shutil.copytree(place, self._kept, symlinks=True)

    def reset(self) -> None:
        """Make the place what it was when it was set up."""
        shutil.rmtree(self.place)
        shutil.copytree(self._kept, self.place, symlinks=True)


def missing() -> str | None:
    """Why nothing can be killed here; None where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    done = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    return None if done.returncode == 0 else "strace may not trace here"


def spread(points: Sequence[Point], some: int) -> list[Point]:
    """`some` of the points, evenly spread over all of them."""
    if len(points) <= some:
        return list(points)
    return [points[round(at * (len(points) - 1) / (some - 1))] for at in range(some)]


def calls(
    stage: Stage,
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    follow: bool = False,
    code: int = 0,
) -> list[Point]:
    """Every call of the command from the first that names the place, in their order.

    With `follow`, threads and children are traced too; the points are those of the first thread.
    `code` is the exit code of a run that nobody kills.
    """
    _run(command, environment)  # once before: what is compiled or cached on first use is no call
    stage.reset()
    with tempfile.NamedTemporaryFile("r") as log:
        done = _run([*_strace(follow), "-o", log.name, *command], environment)
        assert done.returncode == code, done
        found = [match.groups() for match in map(_LINE.match, log) if match]
    main = found[0][0]
    counts: Counter[str] = Counter()
    points, begun = [], False
    for pid, call, rest in found:
        if pid == main:
            counts[call] += 1
            begun = begun or str(stage.place) in rest
            # What starts another program, and what ends this one, is killed at their neighbours.
            if begun and call not in ("execve", "exit_group", "exit"):
                points.append(Point(call, counts[call]))
    return points


def kill(
    stage: Stage,
    command: Sequence[str],
    environment: Mapping[str, str],
    facts: Callable[[Path], Any],
    points: Sequence[Point],
    *,
    follow: bool = False,
    code: int = 0,
) -> Iterator[Report]:
    """Die at each point, in a place as it was set up; repeat; tell what is there then."""
    for point in points:
        stage.reset()
        how = f"inject={point.call}:signal=KILL:when={point.number}"
        words = [*_strace(follow), "-o", os.devnull, "-e", f"trace={point.call}", "-e", how]
        died = _run([*words, *command], environment)
        killed = died.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
        assert killed or died.returncode == code, (point, died)
        again = _run(command, environment)
        assert again.returncode == code, (point, again)
        yield Report(point, killed, facts(stage.place))


def _strace(follow: bool) -> list[str]:
    return ["strace", "-f"] if follow else ["strace"]


def _run(
    words: Sequence[str], environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
