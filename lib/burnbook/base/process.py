"""Runs other programs with limits: argv arrays, no shell, no input, a timeout and an output cap.

`conversation` runs one that answers questions, line by line.

Each program has its own session, which is killed with it. Processes that it leaves behind do not
delay the result: 0.5 s after the program exits, the output until then counts, and processes that
still have its stdout or stderr open are killed. Never call it with a lock held.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from typing import NamedTuple

_GRACE = 2.0
_TICK = 0.2
_LINGER = 0.5
_BLOCK = 1 << 16


class CompletedProcess(NamedTuple):
    """The exit code of a program, and its output."""

    code: int
    out: bytes
    err: bytes


class LimitExceeded(Exception):
    """A program took too long, printed too much, or was interrupted. Reads after its name."""


def run(
    argv: Sequence[str],
    timeout: float,
    *,
    out: int = 0,
    err: int = 0,
    env: Mapping[str, str] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> CompletedProcess:
    """Runs a program to its end, for at most `timeout` seconds or until `stopped()` is true.

    `out` and `err` are the bytes of output to keep; 0 discards it. More on stdout exceeds the
    limit, more on stderr is discarded. Raises LimitExceeded, and OSError or ValueError if the
    program cannot be started.
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
            result = _wait(process, waiting, _Limits(timeout, stopped), out, err)
            is_alone = not waiting.get_map()
            return result
    finally:
        _end(process, is_alone)


class Conversation:
    """A running program that is written to and answers in lines."""

    def __init__(self, process: "subprocess.Popen[bytes]", limits: "_Limits", out: int) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._stdin, self._stdout = process.stdin.fileno(), process.stdout.fileno()
        self._limits, self._out = limits, out
        self._buffer = bytearray()

    def send(self, line: bytes) -> None:
        """Writes a line of less than 4 KiB, which a pipe takes at once."""
        with suppress(BrokenPipeError):  # it has ended, which `read_line` returns
            os.write(self._stdin, line + b"\n")

    def read_line(self) -> bytes | None:
        """The next line; None if the program has closed its output. Raises LimitExceeded."""
        while (end := self._buffer.find(b"\n")) < 0:
            block = self._read()
            if not block:
                return None
            self._buffer += block
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _read(self) -> bytes:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._stdout, selectors.EVENT_READ)
            while not waiting.select(self._limits.left()):
                pass
        block = os.read(self._stdout, _BLOCK)
        self._out -= len(block)
        if self._out < 0:
            raise LimitExceeded("printed too much")
        return block


@contextmanager
def conversation(
    argv: Sequence[str],
    timeout: float,
    *,
    out: int,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Conversation]:
    """Runs a program that reads its stdin, and ends it: it prints at most `out` bytes.

    Raises OSError or ValueError if the program cannot be started.
    """
    process = subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield Conversation(process, _Limits(timeout, stopped), out)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LINGER)  # most programs end with their input
        _end(process, is_alone=False)


class _Limits:
    """The deadline of a program."""

    def __init__(self, timeout: float, stopped: Callable[[], bool]) -> None:
        self.timeout, self.stopped = timeout, stopped
        self.until = time.monotonic() + timeout

    def left(self) -> float:
        """Returns the seconds until the next check, more than 0. Raises LimitExceeded."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise LimitExceeded(f"did not finish in {self.timeout:g} s")
        if self.stopped():
            raise LimitExceeded("was interrupted")
        return min(left, _TICK)


def _wait(
    process: "subprocess.Popen[bytes]",
    waiting: selectors.BaseSelector,
    limits: _Limits,
    out: int,
    err: int,
) -> CompletedProcess:
    stdout, stderr = bytearray(), bytearray()
    for stream, kept in ((process.stdout, stdout), (process.stderr, stderr)):
        if stream is not None:
            waiting.register(stream, selectors.EVENT_READ, kept)
    exited_at = None
    while waiting.get_map() and (exited_at is None or time.monotonic() < exited_at + _LINGER):
        for key, _ in waiting.select(limits.left()):
            block = os.read(key.fd, _BLOCK)
            if not block:
                waiting.unregister(key.fileobj)
            elif key.data is stdout or len(stderr) < err:
                key.data.extend(block)
        if len(stdout) > out:
            raise LimitExceeded(f"printed more than {out} bytes")
        # The pipe may still have output: it is read once more before the end.
        if exited_at is None and process.poll() is not None:
            exited_at = time.monotonic()
    while True:
        try:
            code = process.wait(limits.left())
            return CompletedProcess(code, bytes(stdout), bytes(stderr[:err]))
        except subprocess.TimeoutExpired:
            continue


def _end(process: "subprocess.Popen[bytes]", is_alone: bool) -> None:
    """Terminates the process group, then kills it and the processes that it left behind."""
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
    """Yields processes of a session, or with one of these pipes open; none without /proc."""
    for name in os.listdir("/proc") if os.path.isdir("/proc/self/fd") else ():
        if not name.isdecimal() or int(name) == os.getpid():
            continue
        with suppress(OSError):  # it has exited, or belongs to another user
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
            # A process that another thread starts has all pipes open for a moment.
            is_starting = int(fields[1]) == os.getpid()
            if int(fields[3]) == session or not (is_starting or pipes.isdisjoint(_open(name))):
                yield int(name)


def _open(pid: str) -> Iterator[str]:
    """Yields the open files of a process."""
    for number in os.listdir(f"/proc/{pid}/fd"):
        with suppress(FileNotFoundError):  # closed since the listing
            yield os.readlink(f"/proc/{pid}/fd/{number}")
