"""The members of an archive: regular files with one header each, which GNU tar and bsdtar can read.

Only what `backup` writes can be read here: no links, devices or sparse files, and no header that
takes more memory than one block. `tarfile` would follow whatever an archive says.
"""

import tarfile
from collections.abc import Callable, Iterator
from typing import NamedTuple

from burnbook.base.errors import BadData

BLOCK = 512
_READ = 1 << 20
_LONG_NAME = b"L"
_MAX_NAME = 4096


class Damaged(BadData):
    """The archive is not as it was written; the message is the reason."""


class Member(NamedTuple):
    """One file in an archive; `size` in bytes."""

    name: str
    size: int


def header(name: str, size: int, mtime: int) -> bytes:
    """Returns the header of a member. `mtime` is in epoch seconds."""
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, mtime, 0o600
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def padding(size: int) -> bytes:
    """Returns the zeros that follow a member of `size` bytes."""
    return bytes(-size % BLOCK)


END = bytes(2 * BLOCK)


class Reader:
    """Reads members one after another from `read(count)`, which returns fewer bytes at the end."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._left = self._padding = 0

    def next(self) -> Member | None:
        """Returns the next member, or None after the last one. Raises Damaged."""
        for _ in self.blocks():
            pass  # the rest of the member before
        self._exactly(self._padding)
        self._padding = 0
        block = self._exactly(BLOCK)
        if not any(block):
            self._check_end()
            return None
        kind, name, size = _parsed(block)
        if kind == _LONG_NAME:
            if not 0 < size <= _MAX_NAME:
                raise Damaged("a name in it is too long")
            name = _text(self._exactly(size + len(padding(size)))[:size].rstrip(b"\0"))
            kind, _, size = _parsed(self._exactly(BLOCK))
        if kind != tarfile.REGTYPE:
            raise Damaged(f"{name[:100]!r} in it is not a regular file")
        self._left, self._padding = size, len(padding(size))
        return Member(name, size)

    def blocks(self) -> Iterator[bytes]:
        """Yields the content of the current member, at most 1 MiB at a time. Raises Damaged."""
        while self._left:
            data = self._exactly(min(_READ, self._left))
            self._left -= len(data)
            yield data

    def _exactly(self, count: int) -> bytes:
        data = self._read(count) if count else b""
        while len(data) < count:
            more = self._read(count - len(data))
            if not more:
                raise Damaged("it ends in the middle of a file")
            data += more
        return data

    def _check_end(self) -> None:
        if any(self._exactly(BLOCK)) or self._read(1):
            raise Damaged("it has more bytes after its end")


def _parsed(block: bytes) -> tuple[bytes, str, int]:
    """Returns the kind, the name and the size in a header."""
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError, OverflowError):
        raise Damaged("a header in it is damaged") from None
    if info.size < 0 or info.isdir() or info.linkname or info.type == tarfile.AREGTYPE:
        raise Damaged(f"{info.name[:100]!r} in it is not a regular file")
    return info.type, info.name, info.size


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
