"""Folds: derived values that read only a journal's new bytes. They live in `cache/`.

A fold may be deleted at any time. It remembers how far it read and what stood just before that
place, and starts afresh when that does not stand there any more.
"""

import zlib
from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal


class Foldable(Protocol):
    """A value that can be folded: made empty, and packed before it is encoded."""

    def pack(self) -> None:
        """Make everything part of the fields that are encoded."""


V = TypeVar("V", bound=Foldable)

_MARK = 64
_COUNTS = 2  # counted up when folds take in other lines than before
_SAVE_AFTER = 1 << 16


class Saved(msgspec.Struct, array_like=True):
    """What the cache file holds. `shape` changes when the value's type does.

    `crc` is the CRC-32 of the value: what a disk changed in it is not believed.
    """

    shape: str
    offset: int
    mark: bytes
    crc: int
    value: msgspec.Raw


def shape_of(kind: type[Any]) -> str:
    """What tells the packed form of a kind from older ones, which are not read.

    A kind whose packed form changed counts its `shape` up.
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
    """What a cache file says of the journal at `path`; None where it is not to be used."""
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

    `suffix` is that of the cache's name: a journal may have several folds.
    A line that does not hold is given as None and a row of a later version as a NewerRow, for the
    value to count: `check` names them.
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
        self.cache = RootedPath(root, f"cache/{name}.{self.suffix}")
        self.file = journal.file_of(self.path)
        self.offset, self.value = self._load()
        self.saved = self.offset
        self.mark = mark_of(self.path, self.offset)
        self.catch_up()

    def catch_up(self) -> V:
        """Read what was appended since, and give the value."""
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
        """Whether the journal is what was read; else all is forgotten.

        It is another file after a repair. And what is read without the lock may be rows of a writer
        who then fails and takes them back: others may stand there by now.
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
        """Write the cache where it is worth it. A book that cannot be written to has no cache."""
        if self.offset - self.saved < (1 if at_once else _SAVE_AFTER):
            return
        self.value.pack()
        value = msgspec.msgpack.encode(self.value)
        mark, crc = mark_of(self.path, self.offset), zlib.crc32(value)
        saved = Saved(self._shape(), self.offset, mark, crc, msgspec.Raw(value))
        try:
            self.cache.replace(msgspec.msgpack.encode(saved), durable=False)
        except (OSError, IOFault):
            # Nothing depends on it: the journal says the same, only more slowly.
            return
        self.saved = self.offset

    def _load(self) -> tuple[int, V]:
        return load(self.cache, self.path, self._shape(), self.kind) or (0, self.kind())

    def _shape(self) -> str:
        return shape_of(self.kind)
