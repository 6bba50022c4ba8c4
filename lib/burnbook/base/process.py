"""Runs other programs, bounded: argv arrays, no shell, no input, a time limit and an output cap.

Each gets a session of its own, which is ended with it. A process that it leaves behind does not
delay it: 0.5 s after the program's exit, what was printed until then counts, and whoever still
holds its stdout or stderr is ended too. Never call it with a lock held.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from typing import NamedTuple

_GRACE = 2.0
_TICK = 0.2
_LINGER = 0.5
_BLOCK = 1 << 16


class CompletedProcess(NamedTuple):
    """How a program ended, and what it printed."""

    code: int
    out: bytes
    err: bytes


class LimitExceeded(Exception):
    """It took too long, printed too much, or was interrupted: the words after its name."""


def run(
    argv: Sequence[str],
    timeout: float,
    *,
    out: int = 0,
    err: int = 0,
    env: Mapping[str, str] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> CompletedProcess:
    """Run it to its end, within `timeout` seconds; `stopped` is asked all the while.

    `out` and `err` are the bytes that are kept of what it prints, 0 drops it: more on stdout is out
    of bounds, more on stderr is left out. Raises OutOfBounds, and OSError or ValueError where it
    cannot be started.
    """
    process = subprocess.Popen(
        argv,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if out else subprocess.DEVNULL,
        stderr=subprocess.PIPE if err else subprocess.DEVNULL,
        start_new_session=True,
    )
    is_alone = False
    try:
        with selectors.DefaultSelector() as waiting:
            ended = _followed(process, waiting, _Bounds(timeout, stopped), out, err)
            is_alone = not waiting.get_map()
            return ended
    finally:
        _end(process, is_alone)


class _Bounds:
    """How long to go on."""

    def __init__(self, timeout: float, stopped: Callable[[], bool]) -> None:
        self.timeout, self.stopped = timeout, stopped
        self.until = time.monotonic() + timeout

    def left(self) -> float:
        """Seconds until the next look, more than 0."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise LimitExceeded(f"did not finish in {self.timeout:g} s")
        if self.stopped():
            raise LimitExceeded("was interrupted")
        return min(left, _TICK)


def _followed(
    process: "subprocess.Popen[bytes]",
    waiting: selectors.BaseSelector,
    bounds: _Bounds,
    out: int,
    err: int,
) -> CompletedProcess:
    printed, said = bytearray(), bytearray()
    for stream, kept in ((process.stdout, printed), (process.stderr, said)):
        if stream is not None:
            waiting.register(stream, selectors.EVENT_READ, kept)
    exited_at = None
    while waiting.get_map() and (exited_at is None or time.monotonic() < exited_at + _LINGER):
        for key, _ in waiting.select(bounds.left()):
            block = os.read(key.fd, _BLOCK)
            if not block:
                waiting.unregister(key.fileobj)
            elif key.data is printed or len(said) < err:
                key.data.extend(block)
        if len(printed) > out:
            raise LimitExceeded(f"printed more than {out} bytes")
        # The pipe still has what it printed at last: there is a read between this and the end.
        if exited_at is None and process.poll() is not None:
            exited_at = time.monotonic()
    while True:
        try:
            code = process.wait(bounds.left())
            return CompletedProcess(code, bytes(printed), bytes(said[:err]))
        except subprocess.TimeoutExpired:
            continue


def _end(process: "subprocess.Popen[bytes]", is_alone: bool) -> None:
    """End the whole process group, gently and then not, and what else was left behind."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            break
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
    streams = [stream for stream in (process.stdout, process.stderr) if stream is not None]
    if not is_alone:
        pipes = {f"pipe:[{os.fstat(stream.fileno()).st_ino}]" for stream in streams}
        for pid in _left(process.pid, pipes):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
    for stream in streams:
        stream.close()


def _left(session: int, pipes: Set[str]) -> Iterator[int]:
    """Processes of a session, or with an end of these pipes; none where there is no /proc."""
    for name in os.listdir("/proc") if os.path.isdir("/proc/self/fd") else ():
        if not name.isdecimal() or int(name) == os.getpid():
            continue
        with suppress(OSError):  # it ended, or is another user's
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
            # A process that another thread is starting has every pipe for a moment.
            is_starting = int(fields[1]) == os.getpid()
            if int(fields[3]) == session or not (is_starting or pipes.isdisjoint(_open(name))):
                yield int(name)


def _open(pid: str) -> Iterator[str]:
    """What a process has open."""
    for number in os.listdir(f"/proc/{pid}/fd"):
        with suppress(FileNotFoundError):  # closed meanwhile
            yield os.readlink(f"/proc/{pid}/fd/{number}")
