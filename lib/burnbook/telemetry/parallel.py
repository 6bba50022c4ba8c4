"""Books one long input with two processes: each takes a part, and both commit to the same book.

They meet only at the book's lock and at the keys, as any two writers do. What each counted is added
up at the end: sums do not mind the order.
"""

import os
import signal
from collections.abc import Callable
from typing import NamedTuple, NoReturn

import msgspec

from burnbook.base import errors
from burnbook.jsonl.chunks import Chunk, Reader
from burnbook.telemetry.intake import Counts, Intake
from burnbook.telemetry.traffic import Traffic, pack, unpack

# Below this, starting a second process costs more than it saves.
WORTH_IT = 1 << 20
# The second process starts later, for it counts the lines before its own, and meets more rows of
# other days than the first, whose keys it has to look for.
_FIRST_PART = 0.525
_BLOCK = 1 << 20
# glibc gives freed memory back to the system beyond twice the largest block that was ever freed. So
# one block of this size, never touched, lets each chunk use the pages that the one before it had.
_KEPT = 30 << 20


class Told(msgspec.Struct):
    """What one intake has to say when it is done."""

    counts: Counts
    traffic: dict[str, bytes]
    written: list[tuple[int, int]]
    lines: int
    end: int
    partial: bytes
    error: tuple[int, str] | None = None


class Stretch(NamedTuple):
    """A stretch of an open input, to its end without `limit`; `number` is of its first line."""

    handle: int
    offset: int
    limit: int | None
    number: int


def work(stretch: Stretch, intake: Intake, seen: Callable[[int], None]) -> Told:
    """Book a stretch; with two processes where it is long and the input can be read anywhere."""
    bytes(_KEPT)
    middle = _middle(stretch)
    if middle is None:
        return drain(stretch, intake, seen)
    channel, child = _fork(stretch._replace(offset=middle), intake)
    try:
        mine = drain(stretch._replace(limit=middle), intake, lambda n: seen(2 * n))
        theirs = _hear(channel)
    except BaseException:
        os.kill(child, signal.SIGTERM)
        raise
    finally:
        os.close(channel)
        os.waitpid(child, 0)
    return _together(mine, theirs)


def drain(stretch: Stretch, intake: Intake, seen: Callable[[int], None]) -> Told:
    """Book a stretch in this process; `seen` is called with the bytes read of each chunk."""
    reader = Reader(*stretch)
    end = stretch.offset
    for chunk in reader.chunks():
        intake.take(chunk)
        seen(chunk.end - end)
        end = chunk.end
    traffic = {window: pack(one) for window, one in intake.traffic.items()}
    return Told(intake.counts, traffic, intake.written, reader.number, end, reader.partial)


def last_line(told: Told, intake: Intake) -> None:
    """Book a last line that nothing ended: a whole one counts, a half one is rejected."""
    if told.partial:
        intake.take(Chunk([told.partial], told.lines, told.end + len(told.partial)))


def _middle(stretch: Stretch) -> int | None:
    """Where the second part begins; None where one process is enough."""
    try:
        end = os.lseek(stretch.handle, 0, os.SEEK_END)
    except OSError:
        return None
    if end - stretch.offset < WORTH_IT or (os.cpu_count() or 1) < 2:
        return None
    place = stretch.offset + int((end - stretch.offset) * _FIRST_PART)
    while block := os.pread(stretch.handle, _BLOCK, place):
        cut = block.find(b"\n")
        if cut >= 0:
            return place + cut + 1
        place += len(block)
    return None


def _fork(stretch: Stretch, intake: Intake) -> tuple[int, int]:
    hear, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        return hear, child
    os.close(hear)
    _child(stretch, intake, tell)


def _child(stretch: Stretch, intake: Intake, tell: int) -> NoReturn:
    told = Told(Counts(), {}, [], 0, 0, b"")
    try:
        number = stretch.number + _newlines(stretch.handle, stretch.number, stretch.offset)
        told = drain(stretch._replace(number=number), intake, lambda _: None)
    except errors.BurnbookError as error:
        told.error = (error.code, str(error))
    except OSError as error:
        told.error = (errors.IO, errors.os_sentence("the system refused", error))
    finally:
        with os.fdopen(tell, "wb") as pipe:
            pipe.write(msgspec.msgpack.encode(told))
        os._exit(0)


def _newlines(handle: int, first: int, end: int) -> int:
    """Lines before `end`, of an input whose first line has number 1."""
    count, place = 0, 0
    while place < end and (block := os.pread(handle, min(_BLOCK, end - place), place)):
        count += block.count(b"\n")
        place += len(block)
    return count - (first - 1)


def _hear(channel: int) -> Told:
    blocks = []
    while block := os.read(channel, _BLOCK):
        blocks.append(block)
    try:
        told = msgspec.msgpack.decode(b"".join(blocks), type=Told)
    except msgspec.DecodeError:
        raise errors.IOFault("the second process died; run it again to book the rest") from None
    if told.error is not None:
        failure = errors.BurnbookError(told.error[1])
        failure.code = told.error[0]
        raise failure
    return told


def _together(mine: Told, theirs: Told) -> Told:
    mine.counts.take(theirs.counts)
    for window, packed in theirs.traffic.items():
        both = unpack(mine.traffic[window]) if window in mine.traffic else Traffic()
        both.take(unpack(packed))
        mine.traffic[window] = pack(both)
    mine.written += theirs.written
    mine.lines, mine.end, mine.partial = theirs.lines, theirs.end, theirs.partial
    return mine
