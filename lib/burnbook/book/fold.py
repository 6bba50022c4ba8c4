"""Folds: values that are derived from a journal and read only its new bytes.

A fold is saved in `cache/`, and may be deleted at any time. It keeps the offset up to which it read
and the bytes before that offset, and reads the whole journal again if those bytes change.
"""

import zlib
from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal


class Foldable(Protocol):
    """A value that a fold builds: created empty, and packed before it is encoded."""

    def pack(self) -> None:
        """Make everything part of the fields that are encoded."""


V = TypeVar("V", bound=Foldable)

_MARK = 64
_COUNTS = 2  # increase when folds read other lines than before
_SAVE_AFTER = 1 << 16


class Saved(msgspec.Struct, array_like=True):
    """The contents of the cache file. `shape` changes when the value's type does.

    `crc` is the CRC-32 of the value; a value that does not match it is discarded.
    """

    shape: str
    offset: int
    mark: bytes
    crc: int
    value: msgspec.Raw


def shape_of(kind: type[Any]) -> str:
    """The version of a type's packed form; a cache with another one is not read.

    Increase the `shape` of a type when its packed form changes.
    """
    return f"{codec.SCHEMA_VERSION}.{_COUNTS}:{kind.__name__}:{getattr(kind, 'shape', 1)}"


def mark_of(path: RootedPath, offset: int) -> bytes:
    """The bytes before `offset`: the last row's crc is among them, so they tell files apart."""
    if not offset:
        return b""
    start = max(0, offset - _MARK)
    try:
        return journal.at(path, [(start, offset - start)])[0]
    except IOFault:
        return b"?"


def load(cache: RootedPath, path: RootedPath, shape: str, kind: type[V]) -> tuple[int, V] | None:
    """The offset and value that a cache file has for the journal at `path`; None if unusable."""
    try:
        data = cache.read()
        saved = msgspec.msgpack.decode(data, type=Saved) if data else None
        if saved is None or saved.shape != shape or saved.mark != mark_of(path, saved.offset):
            return None
        if zlib.crc32(saved.value) == saved.crc:
            return saved.offset, msgspec.msgpack.decode(saved.value, type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None  # a damaged cache is as good as none
    return None


class Fold(Generic[V]):
    """The value of one journal, kept up to date; `step(value, row, offset, length)` takes a row in.

    A corrupt line is passed as None and a row of a later version as a NewerRow, so that the value
    can count them.
    """

    def __init__(
        self,
        root: str,
        name: str,
        kind: type[V],
        step: Callable[[V, Any, int, int], None],
    ) -> None:
        self.root, self.name, self.kind, self.step = root, name, kind, step
        self.path = journal.path_of(root, name)
        self.cache = RootedPath(root, f"cache/{name}.fold")
        self.file = journal.file_of(self.path)
        self.offset, self.value = self._load()
        self.saved = self.offset
        self.mark = mark_of(self.path, self.offset)
        self.catch_up()

    def catch_up(self) -> V:
        """Read the rows that were appended since the last call, and return the value."""
        self._same()
        self._to(None)
        return self.value

    def skip(self, ranges: Iterable[tuple[int, int]]) -> V:
        """`catch_up`, but for stretches of the journal whose rows the value has already."""
        for start, end in sorted(ranges) if self._same() else ():
            self._to(start)
            self.offset = max(self.offset, end)
            self.mark = mark_of(self.path, self.offset)
        return self.catch_up()

    def _same(self) -> bool:
        """Whether the journal still begins with the bytes that were read; if not, start over.

        A repair replaces the file. And a writer that fails removes rows that a reader without the
        lock may have read, so other rows may follow at the same offset.
        """
        file, known = journal.file_of(self.path), self.file
        self.file = file
        is_file = (known is None or file == known) and journal.size(self.path) >= self.offset
        if is_file and mark_of(self.path, self.offset) == self.mark:
            return True
        self.offset, self.value, self.saved, self.mark = 0, self.kind(), 0, b""
        return False

    def _to(self, end: int | None) -> None:
        before = self.offset
        self._read(end)
        if self.offset != before:
            self.mark = mark_of(self.path, self.offset)

    def _read(self, end: int | None) -> None:
        if end is not None and end <= self.offset:
            return
        for offset, line in journal.lines(self.path, self.offset):
            self.step(self.value, codec.read(self.name, line), offset, len(line))
            self.offset = offset + len(line)
            if end is not None and self.offset >= end:
                return

    def save(self, *, at_once: bool = False) -> None:
        """Write the cache if enough was read. A book that cannot be written to has no cache."""
        if self.offset - self.saved < (1 if at_once else _SAVE_AFTER):
            return
        self.value.pack()
        value = msgspec.msgpack.encode(self.value)
        mark, crc = mark_of(self.path, self.offset), zlib.crc32(value)
        saved = Saved(self._shape(), self.offset, mark, crc, msgspec.Raw(value))
        try:
            self.cache.replace(msgspec.msgpack.encode(saved), durable=False)
        except (OSError, IOFault):
            # No result depends on the cache: the journal has the same rows.
            return
        self.saved = self.offset

    def _load(self) -> tuple[int, V]:
        return load(self.cache, self.path, self._shape(), self.kind) or (0, self.kind())

    def _shape(self) -> str:
        return shape_of(self.kind)
