"""Lines that are worth decoding, out of files of any size, with one buffer for all of them.

A line that no needle is in is never looked at but by a byte search, and one that begins as a feed
says that such lines begin is not even searched.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

SIZE = 1 << 20
LONGEST = 1 << 26  # a longer line is passed over

Hit = tuple[int, int]
Search = Callable[[bytearray, int, int], Iterator[re.Match[bytes]]]


class Buffer:
    """The buffer, and the search for what a feed's lines contain.

    A line that begins as one of `skips`, where `*` is text without a quote, is passed over.
    """

    def __init__(self, contains: Sequence[str], skips: Sequence[str] = ()) -> None:
        self.data = bytearray(SIZE)
        self.end, self.skipped = 0, list[int]()
        needles = [needle.encode() for needle in contains] or [b"\n"]  # that is in every line
        self.needle = needles[0] if len(needles) == 1 else None
        # A common beginning is what the expression is searched by, at the speed of a byte search.
        shared = _shared(needles)
        rests = b"|".join(re.escape(needle[len(shared) :]) for needle in needles)
        pattern = re.compile(re.escape(shared) + b"(?:" + rests + b")")
        self.finditer, self.search = pattern.finditer, pattern.search
        # Nothing is tried twice: a repetition that has matched is not given back.
        begins = b"|".join(
            b'[^"\n]*+'.join(map(re.escape, one.encode().split(b"*"))) for one in skips
        )
        # A line that is shorter than every needle has none of them.
        least = b"(?=[^\n]{%d})" % min(map(len, needles))
        starts = re.compile(b"\n" + least + b"(?!" + begins + b")") if skips else None
        self.starts: Search | None = None
        if starts is not None:
            self.starts, self.skip = starts.finditer, re.compile(begins).match

    def blocks(self, read: Any, offset: int) -> Iterator[list[Hit]]:
        """Where in `data` lines with a needle are, and the first line of a file; block by block.

        `read(view, offset)` fills a view and gives how many bytes it has. `data` begins at `end` of
        the file until the next block is asked for. What is behind the last newline is left; in the
        end `end` is where that begins. `skipped` has where lines stand that are too long.
        """
        self.end, self.skipped = offset, []
        if len(self.data) > SIZE:
            self.data = bytearray(SIZE)
        held = fresh = 0  # bytes in the buffer that are no whole line yet, and of these the known
        while True:
            if held == len(self.data):
                if held >= LONGEST:
                    self.skipped.append(self.end)
                    held, fresh = self._skip(read), 0
                else:
                    self._grow(2 * held, held)
            with memoryview(self.data) as view:
                held += read(view[held:], self.end + held)
                if held == fresh:
                    return
                cut = self.data.rfind(b"\n", fresh, held) + 1
            if cut:
                hits = self._hits(cut, at_start=self.end == 0)
                if hits:
                    yield hits
                held -= cut
                self.data[:held] = self.data[cut : cut + held]
                self.end += cut
            fresh = held

    def _hits(self, cut: int, *, at_start: bool) -> list[Hit]:
        data, needle = self.data, self.needle
        find, rfind = data.find, data.rfind
        hits: list[Hit] = []
        stop = 0
        if at_start:
            stop = find(b"\n", 0, cut) + 1
            hits.append((0, stop - 1))
        if self.starts is not None:
            return self._begun(self.starts, hits, stop, cut)
        if needle is None:
            for match in self.finditer(data, stop, cut):
                place = match.start()
                if place >= stop:
                    start = rfind(b"\n", stop, place) + 1 or stop
                    stop = find(b"\n", place, cut) + 1
                    hits.append((start, stop - 1))
            return hits
        while (place := find(needle, stop, cut)) >= 0:
            start = rfind(b"\n", stop, place) + 1 or stop
            stop = find(b"\n", place, cut) + 1
            hits.append((start, stop - 1))
        return hits

    def _begun(self, starts: Search, hits: list[Hit], stop: int, cut: int) -> list[Hit]:
        """The hits among the lines that are not passed over for how they begin."""
        data, find, search = self.data, self.data.find, self.search
        if not search(data, stop, cut):
            return hits
        if not stop and not self.skip(data, 0, cut):
            end = find(b"\n", 0, cut)
            if search(data, 0, end):
                hits.append((0, end))
        # The newline before a line is where it is found; the last one of all has no line behind it.
        for match in starts(data, max(stop - 1, 0), cut - 1):
            start = match.end()
            end = find(b"\n", start, cut)
            if search(data, start, end):
                hits.append((start, end))
        return hits

    def _grow(self, size: int, held: int) -> None:
        # Another buffer: whoever holds a line of the old one may go on doing so.
        data = bytearray(size)
        data[:held] = self.data[:held]
        self.data = data

    def _skip(self, read: Any) -> int:
        """Pass over a line that is too long; how many bytes are held of what is behind it."""
        place = self.end + len(self.data)
        self._grow(SIZE, 0)
        while True:
            with memoryview(self.data) as view:
                got: int = read(view, place)
            cut = self.data.find(b"\n", 0, got) + 1
            if not got:
                return 0
            if cut:
                self.data[: got - cut] = self.data[cut:got]
                self.end = place + cut
                return got - cut
            place += got


def _shared(needles: Sequence[bytes]) -> bytes:
    """What all of them begin with."""
    if not needles:
        return b""
    low, high = min(needles), max(needles)
    length = next(
        (at for at, byte in enumerate(low) if high[at : at + 1] != bytes([byte])), len(low)
    )
    return low[:length]


def reader(handle: int) -> Any:
    """What `lines` reads a file by."""

    def read(view: memoryview, offset: int) -> int:
        return os.preadv(handle, [view], offset)

    return read
