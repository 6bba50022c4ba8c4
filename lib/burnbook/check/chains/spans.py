"""Rows of a journal that no link covers yet: where they are, and their leaves."""

import os
from array import array
from collections.abc import Callable, Iterable, Iterator

from burnbook.book.chain.links import Leaves, normal
from burnbook.book.chain.tail import blocks

_TOGETHER = 1 << 22


class Spans:
    """The offset, length and line number of lines of a journal, 24 bytes for each."""

    def __init__(self, spans: Iterable[tuple[int, int, int]] = ()) -> None:
        self._values = array("Q")
        for span in spans:
            self.add(*span)

    def add(self, offset: int, length: int, number: int) -> None:
        """Adds a line."""
        self._values.extend((offset, length, number))

    def __len__(self) -> int:
        return len(self._values) // 3

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        values = iter(self._values)
        return zip(values, values, values, strict=True)

    def last(self, count: int) -> "Spans":
        """The last `count` lines."""
        return self._part(max(0, len(self) - count), len(self))

    def without_last(self, count: int) -> "Spans":
        """The lines before the last `count`."""
        return self._part(0, max(0, len(self) - count))

    def extend(self, other: "Spans") -> None:
        """Adds all lines of another."""
        self._values.extend(other._values)

    def values(self) -> list[int]:
        """Offset, length and line number of each line, one after the other."""
        return self._values.tolist()

    @property
    def numbers(self) -> tuple[int, int]:
        """The line numbers of the first and the last line."""
        return self._values[2], self._values[-1]

    def _part(self, first: int, last: int) -> "Spans":
        part = Spans()
        part._values = self._values[3 * first : 3 * last]
        return part


def lines(handle: int, spans: Spans) -> Iterator[bytes]:
    """Yields the lines, without what an editor or git adds to them."""
    start = end = 0
    lengths: list[int] = []
    for offset, length, _ in spans:
        if offset != end or end - start > _TOGETHER:
            yield from _read(handle, start, lengths)
            start = end = offset
            lengths = []
        lengths.append(length)
        end += length
    yield from _read(handle, start, lengths)


def _read(handle: int, start: int, lengths: list[int]) -> Iterator[bytes]:
    text, at = os.pread(handle, sum(lengths), start), 0
    for length in lengths:
        yield normal(text[at : at + length])
        at += length


def unique(handle: int, spans: Spans) -> Spans:
    """The lines without those that are identical to one before."""
    seen: set[int] = set()

    def is_new(key: int) -> bool:
        count = len(seen)
        seen.add(key)
        return len(seen) > count

    return _where(handle, spans, is_new)


def not_elsewhere(handle: int, spans: Spans, start: int, end: int) -> Spans:
    """The lines that none is identical to of those from byte `start` to `end`, other than itself.

    The bytes are read once, whatever the number of lines.
    """
    own = {offset for offset, _, _ in spans}
    keys = set(map(hash, lines(handle, spans)))
    others: set[int] = set()
    for offset, text in blocks(handle, start, end):
        for line in text.split(b"\n")[:-1]:
            if offset not in own and (key := hash(normal(line + b"\n"))) in keys:
                others.add(key)
            offset += len(line) + 1
    return _where(handle, spans, lambda key: key not in others)


def _where(handle: int, spans: Spans, keeps: Callable[[int], bool]) -> Spans:
    kept = map(keeps, map(hash, lines(handle, spans)))
    return Spans(span for span, is_kept in zip(spans, kept, strict=True) if is_kept)


def leaves(handle: int, name: str, spans: Spans, body: bytes | None = None) -> Leaves:
    """The leaves of lines. With `body`, the last one is the row of a link, which has this body."""
    result = Leaves(name)
    portion: list[bytes] = []
    size = 0
    for line in lines(handle, spans if body is None else spans.without_last(1)):
        portion.append(line)
        size += len(line)
        if size > _TOGETHER:
            result.add(b"".join(portion))
            portion, size = [], 0
    result.add(b"".join(portion))
    if body is not None:
        result.add_last(body)
    else:
        result.finish()
    return result
