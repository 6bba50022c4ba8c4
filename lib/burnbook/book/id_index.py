"""Which ids a journal has, and where: a fold, so that nobody looks through a large journal twice.

It is kept from the first MiB on, and a book in memory reads only what is new. Journals whose rows
come by the ten thousand have an index of another kind (`keys`).
"""

import re
import sys
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from itertools import islice
from typing import Any

import msgspec

from burnbook.book import codec, journal
from burnbook.book.fold import Fold

SMALL = 1 << 20  # bytes of a journal that may be read wherever they are needed
OF = tuple(name for name in codec.JOURNALS if name not in ("proxy_telemetry", "agent_usage"))

_PART = 4  # about a sixteenth more is worth another cache
_LATE = 4
_WIDTH = 8
# Rows of a journal with two kinds begin with their kind.
_ID = re.compile(rb'(?:\{"[a-z]+":"[a-z]+",|\{)"id":"([a-z]-([0-9a-f]{16})[0-9a-f]*)"')


class Ids(msgspec.Struct):
    """Places of rows by key, the first 64 bits of an id.

    Packed: all keys in ascending order, and the place of each; `new` has what came since.
    """

    keys: bytes = b""
    places: bytes = b""
    new: dict[int, list[int]] = {}

    def add(self, row: Any, offset: int, _: int) -> None:
        """Take in a row that is read for `check`; one that does not hold is told by it."""
        if row is not None:
            self.see(_start(row.id), offset)

    def see(self, line: bytes, offset: int) -> None:
        """Take in a line; one without an id of burnbook's own form is asked for by nobody."""
        match = _ID.match(line.removeprefix(codec.BOM))
        if match:
            self.new.setdefault(int(match[2], 16), []).append(offset)

    def at(self, row_id: str) -> list[int]:
        """Where the row of an id may be: keys of two ids may be alike by chance."""
        match = _ID.match(_start(row_id))
        if match is None:
            return []
        key, keys, found = int(match[2], 16), memoryview(self.keys).cast("Q"), []
        place = bisect_left(keys, key)
        while place < len(keys) and keys[place] == key:
            packed = self.places[place * _WIDTH : (place + 1) * _WIDTH]
            found.append(int.from_bytes(packed, sys.byteorder))
            place += 1
        return found + self.new.get(key, [])

    def pack(self) -> None:
        """Make everything part of the two packed fields."""
        if not self.new:
            return
        told = [*zip(array("Q", self.keys), array("Q", self.places), strict=True)]
        told += [(key, place) for key, places in self.new.items() for place in places]
        told.sort()
        self.keys = array("Q", [key for key, _ in told]).tobytes()
        self.places = array("Q", [place for _, place in told]).tobytes()
        self.new = {}


class IdFold(Fold[Ids]):
    """The ids of one journal."""

    suffix = "ids"

    def __init__(self, root: str, name: str) -> None:
        self.is_due = False
        super().__init__(root, name, Ids, Ids.add)

    def find(self, ids: list[str]) -> dict[str, bytes]:
        """The lines of those ids that have one. Call it with the lock held, and caught up."""
        found: dict[str, bytes] = {}
        for row_id in ids:
            for place in self.value.at(row_id):
                for _, line in islice(journal.lines(self.path, place), 1):
                    match = _ID.match(line.removeprefix(codec.BOM))
                    if match and match[1] == row_id.encode():
                        found.setdefault(row_id, line)
        return found

    def wrote(self, length: int) -> None:
        """With the lock held and caught up: so many bytes were appended."""
        step = self._step()
        self.is_due |= self.offset // step != (self.offset + length) // step

    def save(self, *, at_once: bool = False) -> None:
        """Write the cache where much came since, by one of many writers: it sorts all ids.

        That is the one whose rows filled another step; where it died, anybody, a few steps later.
        """
        behind = self.offset - self.saved
        is_due, self.is_due = self.is_due or behind > _LATE * self._step(), False
        if not (is_due or at_once):
            return
        offset, _ = self._load()
        self.saved = max(self.saved, offset)
        if at_once or self.offset - self.saved >= SMALL:
            super().save(at_once=True)

    def _step(self) -> int:
        return max(SMALL, 1 << (self.offset >> _PART).bit_length())

    def _read(self, end: int | None) -> None:
        # The id alone is read, whether the rest of the row holds or not.
        for offset, line in journal.lines(self.path, self.offset):
            self.value.see(line, offset)
            self.offset = offset + len(line)


class Known:
    """The ids of every journal of a book."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._folds: dict[str, IdFold] = {}

    def catch_up(self) -> None:
        """Without the lock: read what `find` would else have to read with it."""
        for name in OF:
            if journal.size(journal.path_of(self.root, name)) > SMALL:
                self._fold(name).catch_up()

    def find(self, name: str, ids: list[str]) -> dict[str, bytes]:
        """With the lock held: the lines of those ids that have one."""
        if name not in OF:
            return journal.find(journal.path_of(self.root, name), ids)
        fold = self._fold(name)
        fold.catch_up()
        return fold.find(ids)

    def wrote(self, lengths: Mapping[str, int]) -> None:
        """With the lock held, after `find`: so many bytes were appended to journals."""
        for name in lengths.keys() & self._folds.keys():
            self._folds[name].wrote(lengths[name])

    def save(self) -> None:
        """Keep what is worth it."""
        for fold in self._folds.values():
            fold.save()

    def _fold(self, name: str) -> IdFold:
        if name not in self._folds:
            self._folds[name] = IdFold(self.root, name)
        return self._folds[name]


def _start(row_id: str) -> bytes:
    return b'{"id":"%b"' % row_id.encode()
