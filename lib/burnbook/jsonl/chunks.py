"""Lines of files and streams, many at a time, in bounded memory.

A line over 1 MiB is replaced by its beginning, which is still too long for a row.
"""

import os
import stat
from collections.abc import Iterator
from select import select
from typing import NamedTuple

MAX_LINE = 1 << 20
CHUNK = 2 << 20
_PAUSE = 1.0  # seconds without data after which the lines of a pipe are booked
_BOM = b"\xef\xbb\xbf"


class Chunk(NamedTuple):
    """Whole lines; `end` is the offset after the last, `number` the number of the first.

    `numbers`: that of each line, if several lines have one.
    """

    lines: list[bytes]
    number: int
    end: int
    numbers: list[int] | None = None

    def number_of(self, index: int) -> int:
        """The number of a line."""
        return self.number + index if self.numbers is None else self.numbers[index]


class Reader:
    """Reads whole lines from a descriptor, from `offset` up to `limit` (None: to its end), in
    chunks of about `size` bytes.

    After the last chunk `partial` has the bytes of an unterminated last line.
    """

    def __init__(
        self,
        handle: int,
        offset: int = 0,
        limit: int | None = None,
        number: int = 1,
        size: int = CHUNK,
    ) -> None:
        self.size = size
        self.handle, self.offset, self.limit, self.number = handle, offset, limit, number
        self.partial = b""
        self.pieces: list[bytes] = []
        self.pending = 0
        self.start = offset
        self.is_pipe = not stat.S_ISREG(os.fstat(handle).st_mode)

    def chunks(self) -> Iterator[Chunk]:
        """The chunks."""
        at_start = self.offset == 0
        while block := self._read():
            # Only \n ends a line: splitlines would also cut at a lone \r.
            lines = block.split(b"\n")
            rest = lines.pop()
            if not lines:
                self._hold(rest)
                continue
            self._hold(lines[0])
            lines[0] = b"".join(self.pieces)
            if at_start:
                lines[0] = lines[0].removeprefix(_BOM)
            at_start = False
            self.pieces, self.pending = [], 0
            self._hold(rest)
            number, self.number = self.number, self.number + len(lines)
            yield Chunk(lines, number, self.start - len(rest))
        self.partial = b"".join(self.pieces)
        if at_start:
            self.partial = self.partial.removeprefix(_BOM)

    def _read(self) -> bytes:
        want = self.size
        if self.limit is not None:
            want = min(want, self.limit - self.start)
        blocks, got = [], 0
        while got < want and (block := self._next(want - got, waiting=got > 0)):
            blocks.append(block)
            got += len(block)
            self.start += len(block)
        return b"".join(blocks)

    def _next(self, want: int, *, waiting: bool) -> bytes:
        """The next bytes; none if a pipe pauses while lines wait to be booked."""
        if not self.is_pipe:
            # Two processes may read one file: pread does not move the offset that they share.
            return os.pread(self.handle, want, self.start)
        if waiting and not select([self.handle], [], [], _PAUSE)[0]:
            return b""
        return os.read(self.handle, want)

    def _hold(self, block: bytes) -> None:
        """Keep a part of an unfinished line, up to twice the limit."""
        block = block[: max(0, 2 * MAX_LINE - self.pending)]
        if block:
            self.pieces.append(block)
            self.pending += len(block)
