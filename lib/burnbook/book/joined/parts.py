"""The parts of a joined journal: which bytes of which book come one after another.

A book that grows gets a new part at the end, so that offsets in the joined journal stay valid. Each
part has whole lines. All of this is derived: without the list, a new one is built.
"""

import os
from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple

import msgspec
from xxhash import xxh3_128_hexdigest

from burnbook.base.rooted_path import RootedPath

MOST_PARTS = 4096
"""With more, the list is built again: a part for each book."""
_MARK = 64  # bytes before the end of a book's parts: the crc of the last row is among them
_BLOCK = 1 << 16


class Part(NamedTuple):
    """Bytes `start` to `end` of the journal of a book; `book` is its index in `Parts.books`."""

    book: int
    start: int
    end: int


class Seen(msgspec.Struct, frozen=True):
    """How far the journal of a book is in the parts, and what identifies it up to there.

    `root` is the directory of the book, empty for this book. `changed` is the modification time of
    the file in nanoseconds, if it ended there.
    """

    root: str
    end: int
    mark: str
    changed: int | None


class Look(msgspec.Struct, frozen=True):
    """The size and the modification time of a journal now."""

    size: int
    changed: int


class Parts(msgspec.Struct, frozen=True):
    """The parts in order. Another `generation` means other offsets."""

    generation: str
    books: tuple[Seen, ...] = ()
    parts: tuple[Part, ...] = ()

    def starts(self) -> list[int]:
        """The offset of each part in the joined journal, and the size of the journal."""
        return list(accumulate((part.end - part.start for part in self.parts), initial=0))


_decode = msgspec.json.Decoder(Parts).decode


def decode(data: bytes | None) -> Parts | None:
    """Returns a saved list; None if there is none, or if it is damaged."""
    try:
        parts = _decode(data or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    ends = [0] * len(parts.books)
    for book, start, end in parts.parts:
        if not 0 <= book < len(ends) or ends[book] != start or end <= start:
            return None
        ends[book] = end
    return parts if ends == [seen.end for seen in parts.books] else None


def encode(parts: Parts) -> bytes:
    """Returns a list as bytes that `decode` reads."""
    return msgspec.json.encode(parts)


def updated(
    saved: Parts | None, looks: Mapping[str, Look], paths: Mapping[str, RootedPath]
) -> Parts:
    """Returns the list with what the journals have now; a new list if the saved one is not valid.

    `looks` and `paths` are by the directories of the books. Raises OSError and IOFault.
    """
    parts = saved
    if parts is None or not _is_valid(parts, looks, paths):
        parts = Parts(os.urandom(8).hex())
    for root, look in looks.items():
        parts = _grown(parts, root, look, paths[root])
    return parts if parts.parts else Parts("")


def _is_valid(parts: Parts, looks: Mapping[str, Look], paths: Mapping[str, RootedPath]) -> bool:
    """Whether every journal still begins with its parts, as far as can be seen."""
    if len(parts.parts) > MOST_PARTS:
        return False
    for seen in parts.books:
        look = looks.get(seen.root)
        if look is None or look.size < seen.end:
            return False
        # A journal of the same size that was changed since has been edited, or is another one.
        if look.size == seen.end and seen.changed not in (None, look.changed):
            return False
        if _mark(paths[seen.root], seen.end) != seen.mark:
            return False
    return True


def _grown(parts: Parts, root: str, look: Look, path: RootedPath) -> Parts:
    """Adds the whole lines of a book that are not in the parts yet."""
    roots = [seen.root for seen in parts.books]
    book = roots.index(root) if root in roots else len(roots)
    start = parts.books[book].end if book < len(roots) else 0
    end = end_of_lines(path, start, look.size)
    if end == start:
        return parts
    changed = look.changed if end == look.size else None
    seen = Seen(root, end, _mark(path, end), changed)
    listed = parts.parts
    if listed and listed[-1].book == book:
        # The newest part is of the same book. It becomes longer, and no offset changes.
        listed = (*listed[:-1], listed[-1]._replace(end=end))
    else:
        listed = (*listed, Part(book, start, end))
    books = (*parts.books[:book], seen, *parts.books[book + 1 :])
    return Parts(parts.generation, books, listed)


def end_of_lines(path: RootedPath, start: int, end: int) -> int:
    """The offset after the last whole line between two offsets; `start` if there is none."""
    while end > start:
        begin = max(start, end - _BLOCK)
        cut = read(path, begin, end - begin).rfind(b"\n")
        if cut >= 0:
            return begin + cut + 1
        end = begin
    return start


def _mark(path: RootedPath, end: int) -> str:
    """A hash, so that no text of a row is kept here."""
    start = max(0, end - _MARK)
    return xxh3_128_hexdigest(read(path, start, end - start))


def read(path: RootedPath, offset: int, length: int) -> bytes:
    """Returns bytes of a file. Raises OSError and IOFault."""
    handle = path.open(os.O_RDONLY)
    try:
        return os.pread(handle, length, offset)
    finally:
        os.close(handle)
