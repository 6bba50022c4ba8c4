"""The JSON values of an export: one in each line, or one in several lines, as JSON is indented.

The file exporter of the OpenTelemetry collector may compress each value by itself, behind its
length in four bytes. Rotated files may be compressed as a whole.
"""

import os
import stat
from collections.abc import Callable, Iterator
from select import select
from typing import NamedTuple

from burnbook.jsonl import unpack

MAX_VALUE = 1 << 26
"""Bytes of a value, at most."""
_BLOCK = 1 << 20
_BOM = b"\xef\xbb\xbf"
_ZSTD = b"\x28\xb5\x2f\xfd"
_LENGTH = 4  # bytes before a value that was compressed by itself

PAUSE = 1.0
"""Seconds without data after which a pipe has a pause, which is an empty value."""

Read = Callable[[], bytes | None]  # none at a pause


class Value(NamedTuple):
    """The text of a value, the number of its first line, and the number and offset behind it.

    `is_last`: the input ends without a newline after it.
    """

    text: bytes
    number: int
    next_number: int
    end: int
    is_last: bool = False


def values(handle: int, offset: int, number: int) -> Iterator[Value]:
    """The values of an open file or pipe, in constant memory. Raises unpack.Damaged."""
    is_file = stat.S_ISREG(os.fstat(handle).st_mode)
    head = os.pread(handle, _LENGTH + len(_ZSTD), 0) if is_file and not offset else b""
    if head.startswith(_ZSTD):
        with unpack.opened(handle) as unpacked:
            buffer = bytearray(_BLOCK)

            def read_packed() -> bytes:
                with memoryview(buffer) as view:
                    return bytes(view[: unpacked.readinto(view)])

            yield from _values(read_packed, 0, number)
    elif head[_LENGTH:] == _ZSTD:
        yield from _packed_values(handle, number)
    else:
        yield from _values(_reader(handle, offset, is_file=is_file), offset, number)


def _reader(handle: int, offset: int, *, is_file: bool) -> Read:
    at = offset

    def read() -> bytes | None:
        nonlocal at
        if not is_file and not select([handle], [], [], PAUSE)[0]:
            return None
        # Two processes may read one file: pread does not move the offset that they share.
        block = os.pread(handle, _BLOCK, at) if is_file else os.read(handle, _BLOCK)
        at += len(block)
        return block

    return read


def _packed_values(handle: int, number: int) -> Iterator[Value]:
    """Values that were compressed one by one; the number of each stands for that of a line."""
    offset, size = 0, os.fstat(handle).st_size
    most = unpack.RATIO * size + unpack.LEAST
    while offset < size:
        length = int.from_bytes(os.pread(handle, _LENGTH, offset), "big")
        data = os.pread(handle, min(length, MAX_VALUE), offset + _LENGTH)
        if not length or len(data) < length:
            raise unpack.Damaged("a value is cut off")
        text = unpack.whole(data, min(MAX_VALUE, most))
        most -= len(text)
        offset += _LENGTH + length
        yield Value(text, number, number + 1, offset)
        number += 1


def _values(read: Read, offset: int, number: int) -> Iterator[Value]:
    """Lines that are whole values, and values whose first and last bracket end and begin a line."""
    pieces: list[bytes] = []  # of a value in several lines
    size, first, end = 0, number, offset
    for line, is_last in _lines(read):
        if line is None:
            yield Value(b"", number, number, end)
            continue
        text = line.strip()
        # An object that a killed writer left open ends where another begins.
        if pieces and pieces[0][:1] == b"{" and line[:1] == b"{":
            yield Value(b"\n".join(pieces), first, number, end)
            pieces, size = [], 0
        end += len(line) + (not is_last)
        number += 1
        if not pieces:
            first = number - 1
            if not text:
                continue
        if pieces or (text[:1] in (b"{", b"[") and text[-1:] in (b"{", b"[", b",")):
            pieces.append(line)
            size += len(line)
            is_end = len(pieces) > 1 and line[:1] in (b"}", b"]")
            # A list with an object in each line, as sqlite3 prints it.
            is_end = is_end or (pieces[0][:2] == b"[{" and text[-2:] == b"}]")
            if not is_end and size <= MAX_VALUE and not is_last:
                continue
            line = b"\n".join(pieces)
            pieces, size = [], 0
        yield Value(line, first, number, end, is_last)
    if pieces:
        yield Value(b"\n".join(pieces), first, number, end, is_last=True)


def _lines(read: Read) -> Iterator[tuple[bytes | None, bool]]:
    """Lines without their ends, and whether the input ends there without a newline.

    None stands for a pause.

    Of a line over MAX_VALUE the beginning is returned, which is too long for a value.
    """
    held: list[bytes] = []
    size, is_first = 0, True
    while (block := read()) != b"":
        if block is None:
            yield None, False
            continue
        lines = block.split(b"\n")
        if is_first:
            lines[0], is_first = lines[0].removeprefix(_BOM), False
        for line in lines[:-1]:
            yield b"".join([*held, line]), False
            held, size = [], 0
        if size <= MAX_VALUE and lines[-1]:
            held.append(lines[-1])
            size += len(lines[-1])
    if held:
        yield b"".join(held), True
