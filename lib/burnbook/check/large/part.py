"""Verifies the rows of a part of a journal, many at a time."""

import sys
from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate, repeat
from typing import Any

import msgspec
from xxhash import xxh3_128

from burnbook.base.errors import BadData
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.book.bulk_codec import decode_all
from burnbook.check import forms
from burnbook.check.large.sums import Sums

_TOGETHER = 1 << 15  # bytes: so few rows stay in the processor's cache, in half of the time
_HEAD = b'{"id":"'
_REFERENCES = ("supersedes", "first")


class Part(msgspec.Struct):
    """The rows from byte `start` to byte `end`, all of them valid, and the hash of these bytes.

    `keys` has the key of each row, `targets` the keys of rows that others refer to, and `sources`
    the numbers of these others, counted from 0. These are arrays of 64 bits. `sums` are as in
    `Sums`.
    """

    start: int
    end: int
    hash: str = ""
    rows: int = 0
    keys: bytes = b""
    targets: bytes = b""
    sources: bytes = b""
    sums: list[tuple[int, int, bytes]] = []


class Reader:
    """Reads parts of a journal. `sums` gets the rows too; `progress` gets the bytes read."""

    def __init__(
        self,
        path: RootedPath,
        name: str,
        sums: Sums | None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.path, self.name, self.sums, self.progress = path, name, sums, progress
        kind = codec.kind_of(name)
        self._decoder = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]
        self._references = [field for field in _REFERENCES if hasattr(kind, field)]

    def read(self, start: int, end: int, digest: xxh3_128 | None = None) -> Part | None:
        """The rows between two offsets of lines; None if there is anything to report.

        `digest` has the bytes before `start` that are to be hashed with these.
        """
        digest = digest or xxh3_128()
        part = Part(start, end)
        keys, targets, sources = array("Q"), array("Q"), array("Q")
        with journal.reader(self.path, start) as file:
            while start < end:
                # It returns lines until their size exceeds the number.
                lines = file.readlines(max(1, min(_TOGETHER, end - start - 1)))
                rows = self._rows(lines)
                if not rows:
                    return None
                try:
                    for field in self._references:
                        self._refer(rows, field, len(keys), targets, sources)
                    keys.frombytes(_keys(lines))
                except (ValueError, OverflowError):
                    return None
                if self.sums is not None:
                    self.sums.add(list(accumulate(map(len, lines), initial=start)), rows)
                data = b"".join(lines)
                digest.update(data)
                start += len(data)
                self.progress(len(data))
        if start != end:
            return None
        part.hash, part.rows = digest.hexdigest(), len(keys)
        part.keys, part.targets, part.sources = map(array.tobytes, (keys, targets, sources))
        part.sums = self.sums.take() if self.sums is not None else []
        return part

    def _rows(self, lines: Sequence[bytes]) -> list[Any]:
        """The rows of lines; none if one of them is not valid, or not as burnbook writes it."""
        rows = decode_all(lines, self._decoder) if lines else []
        if rows:
            return rows
        try:
            rows = list(map(codec.verify, repeat(self.name), lines))  # an earlier schema_version
        except BadData:
            return []
        return [] if any(map(forms.of, lines)) else rows

    @staticmethod
    def _refer(
        rows: Sequence[Any], field: str, before: int, targets: "array[int]", sources: "array[int]"
    ) -> None:
        """Adds what a field refers to. Raises ValueError for an id of another form."""
        for number, row in enumerate(rows, start=before):
            target = getattr(row, field)
            if target is not None:
                if len(target) != len("u-0123456789abcdef"):
                    raise ValueError
                targets.append(int(target[2:], 16))
                sources.append(number)


def _keys(lines: Sequence[bytes]) -> bytes:
    """The keys of rows: 16 hex digits of each id. Raises ValueError for an id of another form."""
    digits = b"".join([line[9:25] for line in lines])
    if {line[:7] for line in lines} != {_HEAD} or b" " in digits:
        raise ValueError
    keys = array("Q", bytes.fromhex(digits.decode()))
    if len(keys) != len(lines):
        raise ValueError
    if sys.byteorder == "little":
        keys.byteswap()
    return keys.tobytes()
