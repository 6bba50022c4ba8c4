"""Indexes of keys held against the journals: the same keys, day by day.

An index that knows a key without a row would lose that row when it comes; one that lacks a key
would book a row twice. Days are compared by how many keys each has and by two sums over them, so
that a journal of any size takes no more memory than its days.
"""

import os
from array import array
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.book.codec import REJECTS
from burnbook.book.fold import mark_of
from burnbook.book.key_index import Head, read_key
from burnbook.book.rejects import read_reject
from burnbook.check import Finding

_MASK = (1 << 64) - 1
_PART = 1 << 15  # entries read at a time

Read = Callable[[bytes, int], tuple[str, tuple[int, ...]] | None]
Sums = list[int]  # how many, their sum, their exclusive or


class Keyed:
    """A follower that holds one index against its journal as it passes."""

    def __init__(self, root: str, name: str) -> None:
        self.path = journal.path_of(root, name)
        self.name = name
        self.folder = f"cache/{name}.keys"
        self.root = root
        self.width = 1
        self.read = _reader(name)
        self.wanted: dict[str, Sums] = {}
        self.found: list[Finding] = []
        self.kept: dict[str, Sums] = {}
        try:
            self.head = self._head()
        except IOFault:
            self.head = None  # a link: `files` reports it

    def _head(self) -> Head | None:
        path = RootedPath(self.root, f"{self.folder}/head")
        try:
            data = path.read()
            head = msgspec.msgpack.decode(data, type=Head) if data else None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            head = None
        is_used = head is not None and (not head.offset or self._fits(head))
        if head is None or not is_used or not self._long_enough(head):
            if path.status() is not None:
                reason = "is not used (of another version or journal, or damaged)"
                self.found.append(Finding("index", f"{self.folder}/head", 0, reason, False))
            return None
        try:
            for day, count in head.days.items():
                self.kept[day] = self._sums(day, count)
        except (OSError, ValueError) as error:
            self.found.append(Finding("index", self.folder, 0, f"cannot be read: {error}"))
            return None
        return head

    def _fits(self, head: Head) -> bool:
        return head.mark == mark_of(self.path, head.offset) and head.form == "1"

    def _long_enough(self, head: Head) -> bool:
        sizes = [(journal.size(self._file(day)), count) for day, count in head.days.items()]
        return all(size >= count * self.width * 8 for size, count in sizes)

    def _file(self, day: str) -> RootedPath:
        return RootedPath(self.root, f"{self.folder}/{day}")

    def _sums(self, day: str, count: int) -> Sums:
        sums = [0, 0, 0]
        handle = self._file(day).open(os.O_RDONLY)
        step = _PART * self.width * 8
        end = count * self.width * 8
        try:
            for place in range(0, end, step):
                part = array("Q")
                part.frombytes(os.pread(handle, min(step, end - place), place))
                columns = [part[at :: self.width] for at in range(self.width)]
                _add(sums, zip(*columns, strict=True))
        finally:
            os.close(handle)
        return sums

    def take(self, line: bytes, row: Any, offset: int) -> None:
        """A line, where the index has it too."""
        if self.head is not None and offset < self.head.offset:
            told = self.read(line, offset)
            if told is not None:
                _add(self.wanted.setdefault(told[0], [0, 0, 0]), (told[1],))

    def findings(self) -> list[Finding]:
        """A fault for each day that differs."""
        for day in sorted({*self.wanted, *self.kept}) if self.head else ():
            kept, wanted = self.kept.get(day, [0, 0, 0]), self.wanted.get(day, [0, 0, 0])
            if kept != wanted:
                reason = (
                    f"has {kept[0]:,} keys, {self.name}.jsonl has {wanted[0]:,} rows of that day"
                    if kept[0] != wanted[0]
                    else f"has other keys than the rows of {self.name}.jsonl of that day"
                )
                self.found.append(Finding("index", f"{self.folder}/{day}", 0, reason))
        return self.found


def _add(sums: Sums, entries: Iterable[tuple[int, ...]]) -> None:
    for entry in entries:
        # Numbers alone: Python's hash of them is the same in every process.
        told = hash(entry) & _MASK
        sums[0] += 1
        sums[1] = (sums[1] + told) & _MASK
        sums[2] ^= told


def _reader(name: str) -> Read:
    read = read_reject if name.startswith(REJECTS) else read_key

    def one(line: bytes, offset: int) -> tuple[str, tuple[int, ...]] | None:
        told = read(line)
        return None if told is None else (told[0], (told[1],))

    return one


def of(name: str) -> bool:
    """Whether a journal has an index."""
    return name == "proxy_telemetry" or name.startswith(REJECTS)
