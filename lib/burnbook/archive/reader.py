"""Reads and verifies an archive. Nothing in it is believed before every hash was compared.

Memory is bounded, whatever a file claims: a member is read in blocks, and the only members that are
kept in memory have limits of their own.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import NamedTuple

from burnbook.archive import manifest, tar
from burnbook.archive.manifest import About, File, Manifest
from burnbook.archive.tar import Damaged, Member
from burnbook.archive.writer import TRAILER, trailer
from burnbook.base.errors import BadData
from burnbook.check import directory
from burnbook.jsonl import unpack

_READ = 1 << 20
_MAX_NAME = 512
_FOREIGN = "is not an archive that backup wrote, or only its beginning"


class Archive(NamedTuple):
    """What a verified archive has; `size` is that of the file in bytes."""

    about: About
    manifest: Manifest
    size: int

    @property
    def book(self) -> list[File]:
        """The files of the book."""
        return [f for f in self.manifest.files if f.path.startswith(manifest.BOOK)]

    @property
    def config(self) -> list[File]:
        """The files of the config directory."""
        return [f for f in self.manifest.files if f.path.startswith(manifest.CONFIG)]


def verify(handle: int) -> Archive:
    """Reads a whole archive and compares every hash. Raises BadData: `is damaged: ...`.

    `handle` is a regular file that can be read from any offset.
    """
    try:
        about = _about(handle)
        _check_bytes(handle)
        files: list[File] = []
        last: Manifest | None = None
        with _opened(handle) as reader:
            _skip_first(reader)
            while (member := reader.next()) is not None:
                if last is not None:
                    raise Damaged(f"a file follows its {manifest.LAST}")
                if member.name == manifest.LAST:
                    data = _whole(reader, member, manifest.MAX_LAST)
                    last = manifest.decode_manifest(data)
                    continue
                if len(files) >= manifest.MAX_FILES:
                    raise Damaged(f"it has over {manifest.MAX_FILES:,} files")
                files.append(_read(reader, member))
        _compare(files, last)
    except Damaged as error:
        raise BadData(f"is damaged: {error}; nothing was written; use another copy") from None
    assert last is not None
    return Archive(about, last, os.fstat(handle).st_size)


def contents(handle: int) -> Generator[tuple[str, Iterator[bytes]], None, None]:
    """Yields the name and the blocks of every file in an archive that was verified before.

    Close it: it has the file open.
    """
    with _opened(handle) as reader:
        _skip_first(reader)
        while (member := reader.next()) is not None:
            if member.name != manifest.LAST:
                yield member.name, reader.blocks()


@contextmanager
def _opened(handle: int) -> Iterator[tar.Reader]:
    os.lseek(handle, 0, os.SEEK_SET)
    with unpack.opened(handle, _RATIO) as unpacked:
        buffer = bytearray(_READ)
        view = memoryview(buffer)

        def read(count: int) -> bytes:
            try:
                return bytes(view[: unpacked.readinto(view[: min(count, _READ)])])
            except unpack.Damaged as error:
                raise Damaged(str(error)) from None

        yield tar.Reader(read)


_RATIO = 1000
"""A journal of one repeated row is compressed to a 400th."""


def _about(handle: int) -> About:
    """The first member. Raises BadData if the file is not an archive, or one of a newer version."""
    if os.pread(handle, len(unpack.MAGIC), 0) != unpack.MAGIC:
        raise BadData(_FOREIGN)
    with _opened(handle) as reader:
        try:
            member = reader.next()
            is_first = member is not None and member.name == manifest.FIRST
            data = _whole(reader, member, manifest.MAX_FIRST) if member and is_first else b""
        except Damaged:
            is_first, data = False, b""
    if not is_first:
        if _has_trailer(handle):
            raise Damaged("its beginning cannot be read")
        raise BadData(_FOREIGN)
    return manifest.decode_about(data)


def _has_trailer(handle: int) -> bool:
    start = max(0, os.fstat(handle).st_size - TRAILER)
    return os.pread(handle, TRAILER, start)[:-32] == trailer(bytes(32))[:-32]


def _check_bytes(handle: int) -> None:
    """Compares the hash in the last frame with the bytes before it."""
    if not _has_trailer(handle):
        raise Damaged("its end is missing, so it was cut off")
    left, done, digest = os.fstat(handle).st_size - TRAILER, 0, sha256()
    while done < left:
        block = os.pread(handle, min(_READ, left - done), done)
        if not block:
            raise Damaged("it became shorter while it was read")
        digest.update(block)
        done += len(block)
    if os.pread(handle, TRAILER, left) != trailer(digest.digest()):
        raise Damaged("its bytes do not have the hash at its end")


def _skip_first(reader: tar.Reader) -> None:
    member = reader.next()
    if member is None or member.name != manifest.FIRST:
        raise Damaged(f"it does not begin with {manifest.FIRST}")


def _whole(reader: tar.Reader, member: Member, most: int) -> bytes:
    if member.size > most:
        raise Damaged(f"its {member.name} is over {most:,} bytes")
    return b"".join(reader.blocks())


def _read(reader: tar.Reader, member: Member) -> File:
    """The member as the manifest should have it."""
    _check_name(member.name)
    digest, lines = sha256(), 0
    for block in reader.blocks():
        digest.update(block)
        lines += block.count(b"\n")
    is_journal = member.name.startswith(manifest.BOOK) and member.name.endswith(".jsonl")
    rows = lines if is_journal else None
    return File(member.name, member.size, digest.hexdigest(), rows)


def _check_name(name: str) -> None:
    """Raises Damaged unless a book, or a config directory, may have a file of this name."""
    root, _, below = name.partition("/")
    parts = below.split("/")
    is_plain = len(name) <= _MAX_NAME and below.isprintable() and "\\" not in below
    is_plain = is_plain and not any(part in ("", ".", "..") for part in parts)
    if root == manifest.BOOK.rstrip("/"):
        is_plain = is_plain and directory.is_kept(below)
    elif root == manifest.CONFIG.rstrip("/"):
        is_plain = is_plain and not any(part.startswith(".") for part in parts)
    else:
        is_plain = False
    if not is_plain:
        raise Damaged(f"{name[:100]!a} in it is not a file of a book or of its config")


def _compare(files: list[File], last: Manifest | None) -> None:
    if last is None:
        raise Damaged(f"it has no {manifest.LAST}")
    if len({file.path for file in files}) != len(files):
        raise Damaged("it has a file twice")
    for ours, theirs in zip(files, last.files, strict=False):
        if (ours.path, ours.bytes, ours.sha256) != (theirs.path, theirs.bytes, theirs.sha256):
            raise Damaged(f"{theirs.path[:100]!a} is not as its {manifest.LAST} has it")
        if ours.rows != theirs.rows:
            raise Damaged(f"{theirs.path[:100]!a} has another number of rows")
    if len(files) != len(last.files) or last.rows != sum(f.rows or 0 for f in files):
        raise Damaged(f"it has other files than its {manifest.LAST}")
