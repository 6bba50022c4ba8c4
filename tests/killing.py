"""Kill -9 at system calls: a command dies there, runs again, and the result is the same.

strace records the calls of a run from the first that names its folder. Then the command is started
again and again in the same folder, killed before the first of these calls, the second, and so on.
It is run again to its end, and the result is compared with that of an undisturbed run.

    stage = Stage(tmp_path / "folder", set_up)
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

# Calls that change something, or announce a change.
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
    """One kill: its point, whether the signal came, and the result of the repeated run."""

    point: Point
    killed: bool
    facts: Any


class Stage:
    """A folder that `set_up` fills once; `reset` puts it back to that, at the same path."""

    def __init__(self, folder: Path, set_up: Callable[[Path], None]) -> None:
        self.folder, self._kept = folder, folder.with_name(f"{folder.name}.kept")
        folder.mkdir()
        set_up(folder)
        shutil.copytree(folder, self._kept, symlinks=True)

    def reset(self) -> None:
        """Restore the folder as it was set up."""
        shutil.rmtree(self.folder)
        shutil.copytree(self._kept, self.folder, symlinks=True)


def missing() -> str | None:
    """The reason why nothing can be killed here, or None."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    done = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    return None if done.returncode == 0 else "strace may not trace here"


def spread(points: Sequence[Point], count: int) -> list[Point]:
    """`some` of the points, evenly spread over all of them."""
    if len(points) <= count:
        return list(points)
    return [points[round(at * (len(points) - 1) / (count - 1))] for at in range(count)]


def calls(
    stage: Stage,
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    follow: bool = False,
    code: int = 0,
) -> list[Point]:
    """Every call of the command from the first that names its folder, in order.

    With `follow`, threads and children are traced too; the points are those of the first thread.
    `code` is the exit code of an undisturbed run.
    """
    _run(
        command, environment
    )  # once before, so that files compiled or cached on first use cause no calls
    stage.reset()
    with tempfile.NamedTemporaryFile("r") as log:
        done = _run([*_strace(follow), "-o", log.name, *command], environment)
        assert done.returncode == code, done
        matches = [match.groups() for match in map(_LINE.match, log) if match]
    main = matches[0][0]
    counts: Counter[str] = Counter()
    points, begun = [], False
    for pid, call, rest in matches:
        if pid == main:
            counts[call] += 1
            begun = begun or str(stage.folder) in rest
            # Calls that start another program or end this one are killed at their neighbors.
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
    """Kill at each point, in a freshly set up folder; run again; yield the result."""
    for point in points:
        stage.reset()
        how = f"inject={point.call}:signal=KILL:when={point.number}"
        words = [*_strace(follow), "-o", os.devnull, "-e", f"trace={point.call}", "-e", how]
        died = _run([*words, *command], environment)
        killed = died.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
        assert killed or died.returncode == code, (point, died)
        again = _run(command, environment)
        assert again.returncode == code, (point, again)
        yield Report(point, killed, facts(stage.folder))


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
