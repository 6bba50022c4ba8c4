"""Folds: derived values that read only a journal's new bytes. They live in `cache/`.

A fold may be deleted at any time. It remembers how far it read and what stood just before that
place, and starts afresh when that does not stand there any more.
"""

import os
import zlib
from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from burnbook import files, journal, records
from burnbook.errors import BadData, IOFault


class Foldable(Protocol):
    """A value that can be folded: made empty, and packed before it is encoded."""

    def pack(self) -> None:
        """Make everything part of the fields that are encoded."""


V = TypeVar("V", bound=Foldable)

_MARK = 64
_SAVE_AFTER = 1 << 16


class Saved(msgspec.Struct, array_like=True):
    """What the cache file holds. `shape` is of the value's type, `crc` of its bytes."""

    shape: str
    offset: int
    mark: bytes
    crc: int
    value: msgspec.Raw


class Fold(Generic[V]):
    """The value of one journal, kept up to date; `step(value, row, offset, length)` takes a row in.

    `suffix` is that of the cache's name: a journal may have several folds.
    A line that does not hold is given as None, for the value to count: `check` tells its damage.
    """

    suffix = "fold"

    def __init__(
        self,
        root: str,
        name: str,
        kind: type[V],
        step: Callable[[V, Any, int, int], None],
    ) -> None:
        self.root, self.name, self.kind, self.step = root, name, kind, step
        self.path = journal.path_of(root, name)
        self.cache = os.path.join(root, "cache", f"{name}.{self.suffix}")
        self.offset, self.value = self._load()
        self.saved = self.offset
        self.catch_up()

    def catch_up(self) -> V:
        """Read what was appended since, and give the value."""
        if journal.size(self.path) < self.offset:
            self.offset, self.value, self.saved = 0, self.kind(), 0
        self._read(None)
        return self.value

    def skip(self, ranges: Iterable[tuple[int, int]]) -> V:
        """`catch_up`, but for stretches of the journal whose rows the value has already."""
        for start, end in sorted(ranges):
            self._read(start)
            self.offset = max(self.offset, end)
        return self.catch_up()

    def _read(self, end: int | None) -> None:
        if end is not None and end <= self.offset:
            return
        for offset, line in journal.lines(self.path, self.offset):
            try:
                row = records.verify(self.name, line)
            except BadData:
                row = None
            self.step(self.value, row, offset, len(line))
            self.offset = offset + len(line)
            if end is not None and self.offset >= end:
                return

    def save(self, *, at_once: bool = False) -> None:
        """Write the cache where it is worth it. A book that cannot be written to has no cache."""
        if self.offset - self.saved < (1 if at_once else _SAVE_AFTER):
            return
        self.value.pack()
        value = msgspec.msgpack.encode(self.value)
        mark, crc = self._mark(self.offset), zlib.crc32(value)
        saved = Saved(self._shape(), self.offset, mark, crc, msgspec.Raw(value))
        try:
            files.replace(self.cache, msgspec.msgpack.encode(saved), durable=False)
        except (OSError, IOFault):
            # Nothing depends on it: the journal says the same, only more slowly.
            return
        self.saved = self.offset

    def _load(self) -> tuple[int, V]:
        try:
            data = files.read_bytes(self.cache)
            saved = msgspec.msgpack.decode(data, type=Saved) if data else None
            if saved and self._fits(saved):
                return saved.offset, msgspec.msgpack.decode(saved.value, type=self.kind)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return 0, self.kind()  # a damaged cache is as good as none
        return 0, self.kind()

    def _fits(self, saved: Saved) -> bool:
        return (
            saved.shape == self._shape()
            and saved.mark == self._mark(saved.offset)
            and saved.crc == zlib.crc32(saved.value)
        )

    def _shape(self) -> str:
        # A kind whose packed form changed counts its `shape` up, so that no older one is read.
        return f"{records.SCHEMA_VERSION}:{self.kind.__name__}:{getattr(self.kind, 'shape', 1)}"

    def _mark(self, offset: int) -> bytes:
        """The bytes before `offset`: the last row's crc is among them, so they tell files apart."""
        start = max(0, offset - _MARK)
        try:
            return journal.at(self.path, [(start, offset - start)])[0]
        except IOFault:
            return b"?"
