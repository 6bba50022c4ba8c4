"""Finds the lines worth decoding in files of any size, with one buffer for all of them.

Lines without one of the needles are only searched for bytes. Lines that begin with one of the
feed's `skips` are not searched at all.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

SIZE = 1 << 20
LONGEST = 1 << 26  # longer lines are skipped

Line = bytes | bytearray
_COLON = ord(":")


class Buffer:
    """The buffer, and the search for the needles of a feed (`contains`).

    Lines that begin with one of `skips`, where `*` is text without a quote, are skipped. `beyond`
    is an expression for the beginning of other lines, up to a colon: `calls` has what follows there
    in the lines of a block, each with the number of lines with a needle before it.
    """

    def __init__(
        self,
        contains: Sequence[str],
        skips: Sequence[str] = (),
        beyond: bytes | None = None,
    ) -> None:
        self.data = bytearray(SIZE)
        self.end, self.skipped, self.held = 0, list[int](), 0
        self.beyond, self.calls = beyond, list[tuple[int, bytes]]()
        needles = [needle.encode() for needle in contains] or [b"\n"]  # which is in every line
        self.usual = needles[0]
        self.needle = needles[0] if len(needles) == 1 else None
        # The expression starts with the common prefix: it runs at the speed of a byte search.
        shared = _shared(needles)
        rests = b"|".join(re.escape(needle[len(shared) :]) for needle in needles)
        pattern = re.compile(re.escape(shared) + b"(?:" + rests + b")")
        self.finditer, self.search = pattern.finditer, pattern.search
        begins = beginning(skips)
        # A line shorter than every needle has none of them.
        line = b"([^\n]{%d,}+)" % min(map(len, needles))
        # The lines that do not begin so; the one at the start has no newline before it.
        self.others: Callable[[bytearray, int, int], list[bytes]] | None = None
        if skips:
            unlike = b"(?!" + begins + b")"
            either = b"(?:" + beyond + b"|" + unlike + b")" if beyond else unlike
            others = re.compile(b"\n" + either + line)
            self.others, self.skip = others.findall, re.compile(begins).match

    def blocks(self, read: Any, offset: int) -> Iterator[list[Line]]:
        """The lines with a needle, and the first line of a file, by block.

        `read(view, offset)` fills a view and returns the number of bytes. `data` begins at offset
        `end` of the file until the next block; `offsets` are those of lines. The bytes after the
        last newline are left; at the end, `end` is where they begin. `skipped` has the offsets of
        lines that are too long.
        """
        self.end, self.skipped, self.held = offset, [], 0
        if len(self.data) > SIZE:
            self.data = bytearray(SIZE)
        pending = fresh = 0  # bytes of an unfinished line, and those of them already searched
        while True:
            if pending == len(self.data):
                if pending >= LONGEST:
                    self.skipped.append(self.end)
                    pending, fresh = self._skip(read), 0
                else:
                    self._grow(2 * pending, pending)
            with memoryview(self.data) as view:
                pending += read(view[pending:], self.end + pending)
                if pending == fresh:
                    self.held = pending
                    return
                cut = self.data.rfind(b"\n", fresh, pending) + 1
            if cut:
                hits = self._hits(cut, at_start=self.end == 0)
                if hits or self.calls:
                    yield hits
                pending -= cut
                self.data[:pending] = self.data[cut : cut + pending]
                self.end += cut
            fresh = pending

    def rest(self) -> list[Line]:
        """The bytes after the last newline as a line, once `blocks` has ended, if it has a needle.

        The first line of a file needs none.
        """
        held, self.calls = self.held, []
        if not held:
            return []
        has_needle = self.search(self.data, 0, held) or self.end == 0
        is_skipped = self.others is not None and self.skip(self.data, 0, held)
        return [self.data[:held]] if has_needle and not is_skipped else []

    def offsets(self, lines: Sequence[Line]) -> list[int]:
        """The offsets in the file of all the lines of a block, or of `rest`."""
        result: list[int] = []
        at = 0
        for line in lines:
            # No line before the first one begins like it: that line would be the first.
            if result or not self.data.startswith(line):
                at = self.data.index(b"\n" + line + b"\n", at) + 1
            result.append(self.end + at)
            at += len(line)
        return result

    def _hits(self, cut: int, *, at_start: bool) -> list[Line]:
        data, needle = self.data, self.needle
        find, rfind = data.find, data.rfind
        hits: list[Line] = []
        stop = 0
        if at_start:
            stop = find(b"\n", 0, cut) + 1
            hits.append(data[: stop - 1])
        if self.others is not None:
            search = self.search
            if not stop and not self.skip(data, 0, cut):
                stop = find(b"\n", 0, cut) + 1
                if search(data, 0, stop):
                    hits.append(data[: stop - 1])
            # Without the last newline, which no line follows. The first needle is in most lines.
            others, usual = self.others(data, max(stop - 1, 0), cut - 1), self.usual
            if self.beyond is not None:
                return self._with_calls(hits, others)
            return hits + [line for line in others if usual in line or search(line)]
        if needle is None:
            for match in self.finditer(data, stop, cut):
                position = match.start()
                if position >= stop:
                    start = rfind(b"\n", stop, position) + 1 or stop
                    stop = find(b"\n", position, cut) + 1
                    hits.append(data[start : stop - 1])
            return hits
        # Backwards: a search in 1 MB takes 0.6 of the time, because Python then skips bytes, and
        # agents write the needle near the end of a line.
        backwards: list[Line] = []
        while (position := rfind(needle, stop, cut)) >= 0:
            start = rfind(b"\n", stop, position) + 1 or stop
            backwards.append(data[start : find(b"\n", position, cut)])
            cut = start
        return hits + backwards[::-1]

    def _with_calls(self, hits: list[Line], others: list[bytes]) -> list[Line]:
        """The lines with a needle; `calls` gets the rest of the other ones, from the colon on."""
        usual, search = self.usual, self.search
        self.calls = calls = []
        for line in others:
            if line[0] == _COLON:
                calls.append((len(hits), line))
            elif usual in line or search(line):
                hits.append(line)
        return hits

    def _grow(self, size: int, pending: int) -> None:
        # A new buffer: views of lines in the old one stay valid.
        data = bytearray(size)
        data[:pending] = self.data[:pending]
        self.data = data

    def _skip(self, read: Any) -> int:
        """Skip a line that is too long; returns the number of bytes read after it."""
        offset = self.end + len(self.data)
        self._grow(SIZE, 0)
        while True:
            with memoryview(self.data) as view:
                got: int = read(view, offset)
            cut = self.data.find(b"\n", 0, got) + 1
            if not got:
                return 0
            if cut:
                self.data[: got - cut] = self.data[cut:got]
                self.end = offset + cut
                return got - cut
            offset += got


def beginning(skips: Sequence[str]) -> bytes:
    """The expression of a beginning, where `*` is text without a quote."""

    def expression(beginnings: set[bytes]) -> bytes:
        shared = _shared([*beginnings])  # is tried once for all of them
        # Possessive: nothing is tried twice.
        text = b'[^"\n]*+'.join(map(re.escape, shared.split(b"*")))
        rests: dict[bytes, set[bytes]] = {}
        for each in sorted(beginnings):
            rests.setdefault(each[len(shared) :][:1], set()).add(each[len(shared) :])
        if b"" in rests:  # the others begin like this one
            return text
        return text + b"(?:" + b"|".join(map(expression, rests.values())) + b")"

    return expression({skip.encode() for skip in skips})


def _shared(needles: Sequence[bytes]) -> bytes:
    """Their common prefix."""
    if not needles:
        return b""
    low, high = min(needles), max(needles)
    length = next((n for n, byte in enumerate(low) if high[n : n + 1] != bytes([byte])), len(low))
    return low[:length]


class Span(NamedTuple):
    """The bytes of an open file that one process reads; `stop` None: up to its end."""

    handle: int
    start: int
    stop: int | None = None


def reader(
    handle: int, on_read: Callable[[int], None] | None = None, stop: int | None = None
) -> Any:
    """The `read` of an open file, for `Buffer.blocks`; `on_read` gets the bytes of each read.

    Nothing is read from the offset `stop` on.
    """

    def read(view: memoryview, offset: int) -> int:
        if stop is not None:
            if offset >= stop:
                return 0
            view = view[: stop - offset]
        count = os.preadv(handle, [view], offset)
        if on_read is not None:
            on_read(count)
        return count

    return read
