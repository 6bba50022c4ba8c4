"""Reads a joined journal as if it were a file."""

import io
import os
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from burnbook.base.rooted_path import RootedPath
from burnbook.book.joined.parts import Parts

_BUFFER = 1 << 18


class JoinedFile(io.RawIOBase):
    """The bytes of the parts one after another. A journal is opened when it is first read."""

    def __init__(self, parts: Parts, paths: Mapping[str, RootedPath]) -> None:
        super().__init__()
        self._parts = parts.parts
        self._starts = parts.starts()
        self._paths = [paths[seen.root] for seen in parts.books]
        self._handles: dict[int, int] = {}
        self._offset = 0

    def readable(self) -> bool:
        """It can only be read."""
        return True

    def seekable(self) -> bool:
        """Any offset can be read."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Returns the new offset."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._offset, io.SEEK_END: self._starts[-1]}
        self._offset = base[whence] + offset
        return self._offset

    def tell(self) -> int:
        """Returns the offset."""
        return self._offset

    def readinto(self, buffer: Any) -> int:
        """Reads within one part. Returns 0 at the end."""
        number = bisect_right(self._starts, self._offset) - 1
        if number >= len(self._parts):
            return 0
        book, start, _ = self._parts[number]
        left = self._starts[number + 1] - self._offset
        within = start + self._offset - self._starts[number]
        with memoryview(buffer) as view, view.cast("B")[:left] as target:
            count = os.preadv(self._handle(book), [target], within)
        self._offset += count
        return count

    def close(self) -> None:
        """Closes the journals."""
        handles, self._handles = self._handles, {}
        for handle in handles.values():
            os.close(handle)
        super().close()

    def _handle(self, book: int) -> int:
        if book not in self._handles:
            self._handles[book] = self._paths[book].open(os.O_RDONLY)
        return self._handles[book]


def open_joined(
    parts: Parts, paths: Mapping[str, RootedPath], start: int
) -> "io.BufferedReader[JoinedFile]":
    """Returns a joined journal as a file at an offset. Close it."""
    file = io.BufferedReader(JoinedFile(parts, paths), _BUFFER)
    file.seek(start)
    return file


def read_spans(
    parts: Parts, paths: Mapping[str, RootedPath], spans: Sequence[tuple[int, int]]
) -> list[bytes]:
    """Returns the bytes at each (offset, length), fewer at the end of the journal."""
    with JoinedFile(parts, paths) as file:
        return [_read(file, offset, length) for offset, length in spans]


def _read(file: JoinedFile, offset: int, length: int) -> bytes:
    file.seek(offset)
    blocks = []
    while length and (block := file.read(length)):
        blocks.append(block)
        length -= len(block)
    return b"".join(blocks)
