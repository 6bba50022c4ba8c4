"""Runs other programs, bounded: argv arrays, no shell, no input, a time limit and an output cap.

Each gets a process group of its own, which is ended with it, so that nothing which it started
lingers. Never call it with a lock held.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

_GRACE = 2.0
_TICK = 0.2
_BLOCK = 1 << 16


class Ended(NamedTuple):
    """How a program ended, and what it printed."""

    code: int
    out: bytes
    err: bytes


class OutOfBounds(Exception):
    """It took too long, printed too much, or was interrupted: the words after its name."""


def run(
    argv: Sequence[str],
    timeout: float,
    *,
    out: int = 0,
    err: int = 0,
    env: Mapping[str, str] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Ended:
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
    try:
        with selectors.DefaultSelector() as waiting:
            return _followed(process, waiting, _Bounds(timeout, stopped), out, err)
    finally:
        _end(process)


class _Bounds:
    """How long to go on."""

    def __init__(self, timeout: float, stopped: Callable[[], bool]) -> None:
        self.timeout, self.stopped = timeout, stopped
        self.until = time.monotonic() + timeout

    def left(self) -> float:
        """Seconds until the next look, more than 0."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise OutOfBounds(f"did not finish in {self.timeout:g} s")
        if self.stopped():
            raise OutOfBounds("was interrupted")
        return min(left, _TICK)


def _followed(
    process: "subprocess.Popen[bytes]",
    waiting: selectors.BaseSelector,
    bounds: _Bounds,
    out: int,
    err: int,
) -> Ended:
    printed, said = bytearray(), bytearray()
    for stream, kept in ((process.stdout, printed), (process.stderr, said)):
        if stream is not None:
            waiting.register(stream, selectors.EVENT_READ, kept)
    while waiting.get_map():
        for key, _ in waiting.select(bounds.left()):
            block = os.read(key.fd, _BLOCK)
            if not block:
                waiting.unregister(key.fileobj)
            elif key.data is printed or len(said) < err:
                key.data.extend(block)
        if len(printed) > out:
            raise OutOfBounds(f"printed more than {out} bytes")
    while True:
        try:
            code = process.wait(bounds.left())
            return Ended(code, bytes(printed), bytes(said[:err]))
        except subprocess.TimeoutExpired:
            continue


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the whole process group, gently and then not."""
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
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
