"""Reads a feed's files with two processes where that is worth it, and books what both found.

Each reads a half of the files, both tell each other the keys, and what both have stays with the one
that has more of it, or had it first. Then each books its own: they meet at the book's lock alone.
"""

import os
import signal
from array import array
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn, Protocol

import msgspec

from burnbook.agent_logs.reader import Reading
from burnbook.agent_logs.requests import Tally
from burnbook.agent_logs.writer import Booking
from burnbook.base import errors
from burnbook.jsonl.sources import Log, Source
from burnbook.meters.vendor_meters import Shown
from burnbook.usage.totals import Used

# Below this, starting a second process costs more than it saves.
WORTH_IT = 4 << 20
_FILE = 50_000  # what opening a file costs, in bytes
_MOST = 150_000  # requests that one process holds before it books them
_BLOCK = 1 << 20


class Work(Protocol):
    """A file to read, what is known of it, and its number among all."""

    @property
    def log(self) -> Log:
        """The file."""

    @property
    def source(self) -> Source | None:
        """What is known of it; None for a new one."""

    @property
    def rank(self) -> int:
        """Its number among all, oldest first."""


class Told(msgspec.Struct):
    """What one process has to say when it is done."""

    tally: Tally
    used: Used
    written: list[tuple[int, int]]
    sources: dict[str, Source]
    rejected: list[tuple[str, int, str, bytes]]
    meters: dict[str, list[Shown]] = {}
    plan: tuple[datetime, str] | None = None
    error: tuple[int, str] | None = None


class Keys(msgspec.Struct):
    """What one process found, as columns: key, tokens, number of the file."""

    keys: bytes
    totals: bytes
    ranks: bytes


def work(jobs: Sequence[Work], reading: Reading, booking: Booking, *, strict: bool) -> Told:
    """Read and book some files; `strict`: all of them, or raise BadData and book nothing."""
    size = sum(_left(job) for job in jobs)
    if strict or size < WORTH_IT or len(jobs) < 2 or (os.cpu_count() or 1) < 2:
        sources = _read(jobs, reading, None if strict else booking)
        if strict and reading.rejected:
            path, _, why, _ = reading.rejected[0]
            path = "stdin" if path.startswith("/dev/fd/") else path
            more = f", and {len(reading.rejected) - 1} more" if len(reading.rejected) > 1 else ""
            raise errors.BadData(f"{path}: {why}{more}; nothing booked (--strict)")
        booking.book(reading.found)
        return _told(reading, booking, sources)
    return _both(*_halves(jobs), reading, booking)


def _both(mine: list[Work], theirs: list[Work], reading: Reading, booking: Booking) -> Told:
    (hear, they_tell), (they_hear, tell) = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        os.close(hear)
        os.close(tell)
        _child(theirs, reading, booking, they_hear, they_tell)
    os.close(they_hear)
    os.close(they_tell)
    try:
        with os.fdopen(hear, "rb") as heard, os.fdopen(tell, "wb") as telling:
            sources = _read(mine, reading, booking)
            keys = _hear(heard, Keys)
            _say(telling, _settle(reading, keys))
            booking.book(reading.found)
            told = _told(reading, booking, sources)
            other = _hear(heard, Told)
    except BaseException:
        os.kill(child, signal.SIGTERM)
        raise
    finally:
        os.waitpid(child, 0)
    if other.error is not None:
        failure = errors.BurnbookError(other.error[1])
        failure.code = other.error[0]
        raise failure
    told.tally.take(other.tally)
    told.used.take(other.used)
    told.written += other.written
    told.sources |= other.sources
    told.rejected += other.rejected
    reading.limits.join(other.meters)
    told.plan = max(filter(None, (told.plan, other.plan)), default=None)
    return told


def _child(jobs: list[Work], reading: Reading, booking: Booking, hear: int, tell: int) -> NoReturn:
    told = Told(Tally(), Used(), [], {}, [])
    try:
        with os.fdopen(hear, "rb") as heard, os.fdopen(tell, "wb") as telling:
            try:
                sources = _read(jobs, reading, booking)
                found = reading.found.requests
                columns = found, [r.total for r in found.values()], [r.rank for r in found.values()]
                _say(telling, Keys(*[array("Q", column).tobytes() for column in columns]))
                lost: set[int] = set(_hear(heard, list[int]))
                for key in lost:
                    del found[key]
                reading.found.tally.duplicates += len(lost)
                booking.book(reading.found)
                told = _told(reading, booking, sources)
            except errors.BurnbookError as error:
                told.error = (error.code, str(error))
            except OSError as error:
                told.error = (errors.IO, errors.os_sentence("the system refused", error))
            told.used.pack()
            _say(telling, told)
    finally:
        os._exit(0)


def _settle(reading: Reading, keys: Keys) -> list[int]:
    """Give up what the other process has more of, or first; the keys that it has to give up."""
    found = reading.found.requests
    theirs = array("Q", keys.keys)
    both = found.keys() & theirs
    lost = []
    if both:
        totals, ranks = array("Q", keys.totals), array("Q", keys.ranks)
        for key, total, rank in zip(theirs, totals, ranks, strict=True):
            if key not in both:
                continue
            mine = found[key]
            if (mine.total, -mine.rank) >= (total, -rank):
                lost.append(key)
            else:
                del found[key]
                reading.found.tally.duplicates += 1
    return lost


def _read(jobs: Sequence[Work], reading: Reading, booking: Booking | None) -> dict[str, Source]:
    """Read files in their order; where it gets too much to hold, book what is there."""
    sources = {}
    for job in jobs:
        source = reading.read(job.log, job.rank, job.source)
        if source is not None:
            sources[job.log.path] = source
        if booking is not None and len(reading.found.requests) > _MOST:
            booking.book(reading.found)
            reading.found.requests.clear()
    return sources


def _told(reading: Reading, booking: Booking, sources: dict[str, Source]) -> Told:
    tally = booking.tally
    tally.take(reading.found.tally)
    tally.rejected += len(reading.rejected)
    told = Told(tally, booking.used, booking.written, sources, reading.rejected)
    told.meters, told.plan = reading.limits.found, reading.limits.plan
    return told


def _halves(jobs: Sequence[Work]) -> tuple[list[Work], list[Work]]:
    """The jobs in two parts of about the same size, each in its order."""
    larger_first = sorted(jobs, key=_left, reverse=True)
    sizes, chosen = [0, 0], set()
    for job in larger_first:
        to = int(sizes[1] < sizes[0])
        sizes[to] += _left(job) + _FILE
        if to:
            chosen.add(job.rank)
    return (
        [job for job in jobs if job.rank not in chosen],
        [job for job in jobs if job.rank in chosen],
    )


def _left(job: Work) -> int:
    return max(job.log.size - (job.source.offset if job.source else 0), 0)


def _say(pipe: Any, what: Any) -> None:
    data = msgspec.msgpack.encode(what)
    pipe.write(len(data).to_bytes(8, "little") + data)
    pipe.flush()


def _hear(pipe: Any, kind: Any) -> Any:
    length = int.from_bytes(pipe.read(8), "little")
    data = pipe.read(length)
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except msgspec.DecodeError:
        raise errors.IOFault("the second process died; run it again to book the rest") from None
