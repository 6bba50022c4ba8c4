"""The lines that a journal has before an import, in 8 bytes each."""

import os
from array import array
from bisect import bisect_left
from typing import BinaryIO

import pyarrow as pa
from xxhash import xxh3_64_intdigest

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.parquet.reading.lines import Line


class Present:
    """The lines of a journal.

    `is_other`: the journal is not the beginning of the lines that were given to `begins_with`.
    Until then no line has to be kept in memory.
    """

    def __init__(self, path: RootedPath) -> None:
        self.path = path
        self.is_other = False
        self._end = journal.size(path) - len(journal.torn_tail(path)[1])
        self._file: BinaryIO | None = None
        if self._end:
            self._file = os.fdopen(path.open(os.O_RDONLY), "rb")
        self._at = 0  # of the bytes that are equal
        self._sorted = array("Q")
        self._later: set[int] = set()

    def begins_with(self, line: Line) -> bool:
        """Returns whether the journal has this line next, after equal ones."""
        if self._file is None:
            return False
        if self._at < self._end and self._file.read(len(line.text)) == line.text:
            self._at += len(line.text)
            return True
        self._file.close()
        self._file = None
        if self._at < self._end:
            self.is_other = True
            self._sorted = _sorted_hashes(self.path, self._end)
        return False

    def read(self) -> None:
        """Reads the lines that others appended since the last call."""
        if journal.size(self.path) <= self._end:
            return
        for offset, line in journal.lines(self.path, self._end):
            self.is_other = True
            self._later.add(xxh3_64_intdigest(line))
            self._end = offset + len(line)

    def advance(self) -> None:
        """Skips the lines that the caller appended. Call it with the lock held."""
        self._end = journal.size(self.path)

    def has(self, line: Line) -> bool:
        """Returns whether the journal has a line already."""
        if not self.is_other:
            return False
        key = xxh3_64_intdigest(line.text)
        if key in self._later:
            return True
        position = bisect_left(self._sorted, key)
        return position < len(self._sorted) and self._sorted[position] == key


def _sorted_hashes(path: RootedPath, end: int) -> "array[int]":
    hashes = array("Q")
    for offset, lines in journal.batches(path):
        if offset >= end:
            break
        hashes.extend(map(xxh3_64_intdigest, lines))
    arrow = pa.Array.from_buffers(pa.uint64(), len(hashes), [None, pa.py_buffer(hashes)])
    result = array("Q")
    result.frombytes(memoryview(arrow.sort().buffers()[1])[: 8 * len(hashes)])
    return result
