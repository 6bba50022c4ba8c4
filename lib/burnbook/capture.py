"""Runs configured commands, bounded and several at once, and gives back their text.

A command is an argv array: no shell reads it. It gets no input, a time limit, a limit on what it
may print, and a process group of its own, which is ended with it.

A recipe that captures runs twice: first without a lock and with BURNBOOK_PASS=capture, when what
was captured is put into $BURNBOOK_CAPTURED, then with the lock and BURNBOOK_PASS=book, when it is
taken from there. So no capture ever runs under a lock.
"""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from burnbook import clock
from burnbook.errors import IO, BurnbookError, IOFault, Missing, os_sentence
from burnbook.rooted import RootedPath

if TYPE_CHECKING:
    from threading import Event

MAX_OUTPUT = 1 << 20
_ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

Stopped = Callable[[], bool]
Job = Callable[[Stopped], bytes]


class Captured(msgspec.Struct, frozen=True):
    """What one capture came to and when: its text, else the sentence and exit code of its fault."""

    captured_at: datetime
    text: bytes | None = None
    fault: str | None = None
    code: int = 0


def many(jobs: Mapping[str, Job]) -> dict[str, Captured]:
    """Run all jobs at once, each in a thread; none of them stops another.

    A signal that would end this process ends the jobs first, so that nothing of theirs is left.
    """
    import threading

    stop = threading.Event()
    found: dict[str, Captured] = {}

    def work(name: str, job: Job) -> None:
        try:
            text = job(stop.is_set)
            found[name] = Captured(clock.now(), text=text)
        except BurnbookError as error:
            found[name] = Captured(clock.now(), fault=str(error), code=error.code)
        except OSError as error:
            said = os_sentence("a capture failed", error)
            found[name] = Captured(clock.now(), fault=said, code=IO)

    threads = [threading.Thread(target=work, args=job) for job in jobs.items()]
    with _ending(stop):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return found


@contextmanager
def _ending(stop: "Event") -> Iterator[None]:
    """Turn signals that end this process into `stop`; they do their work after the `with`."""
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


def run(argv: tuple[str, ...], timeout: float, stopped: Stopped) -> bytes:
    """What the command printed on stdout. Raises Missing, or IOFault where it failed."""
    from burnbook import programs  # brings subprocess, for captures alone

    shown = " ".join(argv)
    try:
        ended = programs.run(argv, timeout, out=MAX_OUTPUT, stopped=stopped)
    except FileNotFoundError:
        raise Missing(f"the capture command {argv[0]!r} is not on PATH") from None
    except OSError as error:
        raise IOFault(os_sentence(f"cannot run the capture command {shown!r}", error)) from None
    except programs.OutOfBounds as error:
        raise IOFault(f"the capture command {shown!r} {error}") from None
    if ended.code != 0:
        raise IOFault(f"the capture command {shown!r} failed with exit code {ended.code}")
    return ended.out


def two_pass(name: str, jobs: Callable[[], Mapping[str, Job]]) -> dict[str, Captured] | None:
    """`many`, or under a recipe its first or second half; None after the first half."""
    place, half = os.environ.get("BURNBOOK_CAPTURED"), os.environ.get("BURNBOOK_PASS")
    if not place or half not in ("capture", "book"):
        return many(jobs())
    kept = RootedPath(place, f"{name}.captured")
    if half == "capture":
        kept.replace(msgspec.msgpack.encode(many(jobs())), durable=False)
        return None
    data = kept.read()
    if data is None:
        raise Missing(f"nothing was captured for {name}")
    return msgspec.msgpack.decode(data, type=dict[str, Captured])


def text_of(captured: Captured) -> bytes:
    """The text; raises IOFault or Missing, as the capture did, where there is none."""
    if captured.text is not None:
        return captured.text
    kind = Missing if captured.code == Missing.code else IOFault
    raise kind(captured.fault or "nothing was captured")
