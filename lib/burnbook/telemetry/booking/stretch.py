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
from burnbook.jsonl.chunks import Chunk, Reader
from burnbook.telemetry.booking.intake import Intake
from burnbook.telemetry.feeds.batch import Batch, BatchReader

if TYPE_CHECKING:
    from burnbook.jsonl.exports.reader import Reader as ExportReader

MIN_BYTES = 1 << 20
"""Below this, starting a second process costs more than it saves."""
_BLOCK = 1 << 20


class Stretch(NamedTuple):
    """A stretch of an open input, to its end without `limit`; `number` is of its first line."""

    handle: int
    offset: int
    limit: int | None
    number: int


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

    return ExportReader(form, *stretch)


def book(stretch: Stretch, intake: Intake, progress: Callable[[int], None]) -> Rest:
    """Book the whole lines of a stretch. `progress` gets the bytes read of each chunk."""
    # A value of an export may have several lines.
    middle = _middle(stretch) if intake.reader.decoder.form == "lines" else None
    if middle is None:
        return _book(_messages(stretch, intake.reader), intake, progress)
    first = stretch._replace(limit=middle)
    number = stretch.number + _newlines(stretch.handle, stretch.offset, middle)
    second = stretch._replace(offset=middle, number=number)
    with (
        worker(partial(_send, first, intake.reader)) as channel,
        worker(partial(_send, second, intake.reader)) as other,
    ):
        messages = [_received(channel), _received(other)]
        pairs = chain.from_iterable(zip_longest(*messages))
        return _book(filter(None, pairs), intake, progress)


def _book(messages: Iterable[_Message], intake: Intake, progress: Callable[[int], None]) -> Rest:
    rest = None
    for message in messages:
        if message.batch is not None:
            intake.book(message.batch)
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
