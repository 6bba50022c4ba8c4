"""Books a stretch of an input. If it is long and can be read from any offset, two other processes
make the rows of a half each, and this one books them, because it alone uses the store.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from burnbook.base.worker import Channel, worker
from burnbook.jsonl.chunks import CHUNK, Chunk, Reader
from burnbook.telemetry.booking.intake import Intake
from burnbook.telemetry.feeds.batch import Batch
from burnbook.telemetry.feeds.batch_reader import BatchReader

if TYPE_CHECKING:
    from burnbook.jsonl.exports.reader import Reader as ExportReader

MIN_BYTES = 1 << 20
"""Below this, starting a second process costs more than it saves."""
_LARGE = 4 << 20
"""Bytes of a chunk of a long input: to sync its 8 MB of rows takes 25 ms, in two parts 34 ms."""
_CHUNKS = 8  # of a half at least: this process books some while the others make more
_BLOCK = 1 << 20


class Stretch(NamedTuple):
    """A stretch of an open input, to its end without `limit`; `number` is of its first line.

    `size` is that of a chunk.
    """

    handle: int
    offset: int
    limit: int | None
    number: int
    size: int = CHUNK


class Rest(msgspec.Struct):
    """What follows the last whole line: its number, its offset, and its bytes, if there are any."""

    number: int
    offset: int
    partial: bytes


class _Message(msgspec.Struct):
    """The rows of a chunk of `size` bytes; at last, without `batch`, what follows them."""

    batch: Batch | None = None
    size: int = 0
    rest: Rest | None = None


def opened(form: str, stretch: Stretch) -> "Reader | ExportReader":
    """The reader of a stretch of a feed's lines, or of an export."""
    if form == "lines":
        return Reader(*stretch)
    from burnbook.jsonl.exports.reader import Reader as ExportReader  # most feeds need no CSV

    return ExportReader(form, stretch.handle, stretch.offset, stretch.limit, stretch.number)


def book(stretch: Stretch, intake: Intake, progress: Callable[[int], None]) -> Rest:
    """Book the whole lines of a stretch. `progress` gets the bytes read of each chunk."""
    # A value of an export may have several lines.
    middle = _middle(stretch) if intake.reader.decoder.form == "lines" else None
    if middle is None:
        return _book(_messages(stretch, intake.reader), intake, progress)
    size = max(CHUNK, min(_LARGE, (middle - stretch.offset) // _CHUNKS))
    stretch = stretch._replace(size=size)
    first = stretch._replace(limit=middle)
    number = stretch.number + _newlines(stretch.handle, stretch.offset, middle)
    second = stretch._replace(offset=middle, number=number)
    with (
        worker(partial(_send, first, intake.reader)) as channel,
        worker(partial(_send, second, intake.reader)) as other,
    ):
        messages = chain.from_iterable(zip_longest(_received(channel), _received(other)))
        return _book(_ahead(filter(None, messages)), intake, progress, more=True)


def _book(
    messages: Iterable[_Message],
    intake: Intake,
    progress: Callable[[int], None],
    *,
    more: bool = False,
) -> Rest:
    rest = None
    for message in messages:
        if message.batch is not None:
            intake.book(message.batch, more=more)
            progress(message.size)
        elif message.rest is not None and (rest is None or message.rest.offset > rest.offset):
            rest = message.rest
    assert rest is not None
    return rest


def book_last_line(rest: Rest, intake: Intake) -> None:
    """Book an unterminated last line: a whole row counts, a part of one is rejected."""
    if rest.partial:
        intake.book_chunk(Chunk([rest.partial], rest.number, rest.offset + len(rest.partial)))


def _messages(stretch: Stretch, batches: BatchReader) -> Iterator[_Message]:
    reader = opened(batches.decoder.form, stretch)
    end = stretch.offset
    for chunk in reader.chunks():
        yield _Message(batches.read(chunk), chunk.end - end)
        end = chunk.end
    yield _Message(rest=Rest(reader.number, end, reader.partial))


def _send(stretch: Stretch, batches: BatchReader, channel: Channel) -> None:
    for message in _messages(stretch, batches):
        channel.send(message)


def _received(channel: Channel) -> Iterator[_Message]:
    while True:
        message = channel.receive(_Message)
        yield message
        if message.rest is not None:
            return


def _ahead(messages: Iterator[_Message]) -> Iterator[_Message]:
    """The messages: a thread receives the next one while the rows of the last one are synced."""
    from threading import Thread

    received: list[_Message | BaseException | None] = []

    def receive() -> None:
        try:
            received.append(next(messages, None))
        except BaseException as error:
            received.append(error)  # raised below, in the thread that books

    receive()
    while (message := received.pop()) is not None:
        if isinstance(message, BaseException):
            raise message
        thread = Thread(target=receive, daemon=True)
        thread.start()
        yield message
        thread.join()


def _middle(stretch: Stretch) -> int | None:
    """The offset at which the second half begins; None if one process is enough."""
    try:
        end = os.lseek(stretch.handle, 0, os.SEEK_END)
    except OSError:
        return None
    if end - stretch.offset < MIN_BYTES or (os.cpu_count() or 1) < 2:
        return None
    offset = stretch.offset + (end - stretch.offset) // 2
    while block := os.pread(stretch.handle, _BLOCK, offset):
        newline = block.find(b"\n")
        if newline >= 0:
            return offset + newline + 1
        offset += len(block)
    return None


def _newlines(handle: int, offset: int, end: int) -> int:
    count = 0
    while offset < end and (block := os.pread(handle, min(_BLOCK, end - offset), offset)):
        count += block.count(b"\n")
        offset += len(block)
    return count
