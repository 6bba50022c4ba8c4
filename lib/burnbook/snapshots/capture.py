"""Runs configured commands in parallel, with limits, and returns their output.

A command is an argv array, run without a shell. It has no input, a time limit, an output limit, and
a process group of its own, which is ended with it.

A recipe that captures runs twice (bin/_locked): first without the lock, when what was captured is
written to a pipe, and then under the lock, when it is read from a pipe. So no capture runs under a
lock. In between it is in the memory of the recipe's shell. It is not written to a file, because a
pane may show keys and e-mail addresses, and a killed recipe could not remove the file.
"""

import os
import signal
import stat
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from burnbook.base.clean_text import clean
from burnbook.base.errors import IO, BurnbookError, IOFault, Missing, os_sentence
from burnbook.times import clock

if TYPE_CHECKING:
    from threading import Event

MAX_OUTPUT = 1 << 20
_PASS, _PIPE = "BURNBOOK_PASS", 3  # what bin/_locked gives each half
_TICK = 0.1  # seconds
_ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

Stopped = Callable[[], bool]
Job = Callable[[Stopped], bytes]


class Captured(msgspec.Struct, frozen=True):
    """The result of a capture and its time: the text, or the message and exit code of an error."""

    captured_at: datetime
    text: bytes | None = None
    fault: str | None = None
    code: int = 0


def run_all(jobs: Mapping[str, Job]) -> dict[str, Captured]:
    """Runs all jobs in parallel, each in a thread; a failed one does not stop the others.

    A signal that ends this process ends the jobs first, so that no process of theirs is left.
    """
    import threading

    stop = threading.Event()
    results: dict[str, Captured] = {}

    def work(name: str, job: Job) -> None:
        try:
            text = job(stop.is_set)
            results[name] = Captured(clock.now(), text=text)
        except BurnbookError as error:
            results[name] = Captured(clock.now(), fault=clean(str(error)), code=error.code)
        except OSError as error:
            reason = os_sentence("a capture failed", error)
            results[name] = Captured(clock.now(), fault=clean(reason), code=IO)

    threads = [threading.Thread(target=work, args=job) for job in jobs.items()]
    with _ending(stop):
        for thread in threads:
            thread.start()
        for thread in threads:
            # Python runs signal handlers in this thread alone. The system may give a signal to
            # another thread, or just before this one waits; a wait without a limit would miss it.
            while thread.is_alive():
                thread.join(_TICK)
    return results


@contextmanager
def _ending(stop: "Event") -> Iterator[None]:
    """Sets `stop` on signals that end this process, and sends the first one again at the end."""
    got: list[int] = []

    def note(number: int, _: object) -> None:
        got.append(number)
        stop.set()

    before = {number: signal.signal(number, note) for number in _ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if got:
            os.kill(os.getpid(), got[0])


def run_command(argv: tuple[str, ...], timeout: float, stopped: Stopped) -> bytes:
    """Returns the stdout of a command. Raises Missing, or IOFault if it failed."""
    from burnbook.base import process  # brings subprocess, for captures alone

    with running(argv):
        completed = process.run(argv, timeout, out=MAX_OUTPUT, stopped=stopped)
    if completed.code != 0:
        shown = " ".join(argv)
        raise IOFault(f"the capture command {shown!r} failed with exit code {completed.code}")
    return completed.out


@contextmanager
def running(argv: tuple[str, ...]) -> Iterator[None]:
    """Raises Missing if the program does not exist, and IOFault if it cannot run in its limits."""
    from burnbook.base import process

    shown = " ".join(argv)
    try:
        yield
    except FileNotFoundError:
        raise Missing(
            f"the capture command {argv[0]!r} is not on PATH; install it, or add its folder to "
            "PATH (for jobs: `path` in schedules.toml)"
        ) from None
    except OSError as error:
        raise IOFault(os_sentence(f"cannot run the capture command {shown!r}", error)) from None
    except process.LimitExceeded as error:
        raise IOFault(f"the capture command {shown!r} {error}") from None


def two_pass(jobs: Callable[[], Mapping[str, Job]]) -> dict[str, Captured] | None:
    """Runs all jobs; in a recipe either the capture pass, which returns None, or the book pass."""
    half = _half()
    if half is None:
        return run_all(jobs())
    # Removed from the environment, because programs that a capture starts are not in this recipe.
    del os.environ[_PASS]
    os.set_inheritable(_PIPE, False)
    if half == "capture":
        # base64, because a shell variable cannot contain every byte
        data = b2a_base64(msgspec.msgpack.encode(run_all(jobs())), newline=False)
        with os.fdopen(_PIPE, "wb") as pipe:
            pipe.write(data)
        return None
    with os.fdopen(_PIPE, "rb") as pipe:
        data = pipe.read()
    if not data:
        raise Missing("nothing was captured before the lock was taken; run the recipe again")
    return msgspec.msgpack.decode(a2b_base64(data), type=dict[str, Captured])


def _half() -> str | None:
    """The half that bin/_locked runs; None if another program set the variable.

    bin/_locked must be a running process of this user, and descriptor 3 a pipe.
    """
    half, _, pid = os.environ.get(_PASS, "").partition(" ")
    if half not in ("capture", "book") or not (pid.isascii() and pid.isdecimal()):
        return None
    try:
        os.kill(int(pid), 0)
        is_pipe = stat.S_ISFIFO(os.fstat(_PIPE).st_mode)
    except (OSError, OverflowError):
        return None
    return half if is_pipe else None


def text_of(captured: Captured) -> bytes:
    """The text. Raises IOFault or Missing if the capture failed."""
    if captured.text is not None:
        return captured.text
    kind = Missing if captured.code == Missing.code else IOFault
    raise kind(captured.fault or "nothing was captured")
