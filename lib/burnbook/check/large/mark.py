"""Up to where journals were verified: `cache/checked.json`, and `cache/checked.sqlite` beside it.

The database has the tables that `check` built from these rows, and the keys of the rows. Both files
may be deleted; then everything is read again. A file that is damaged, or that does not belong to
the other one, is not used.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

import msgspec
from xxhash import xxh3_128, xxh3_128_hexdigest

from burnbook import __version__
from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.book.codec import SCHEMA_VERSION
from burnbook.check.chains.state import ChainState

FILE, TABLES = "cache/checked.json", "cache/checked.sqlite"
# Increase the last number if a check finds more in a row than before.
VERSION = f"{__version__} {SCHEMA_VERSION} 1"
_BLOCK = 1 << 20


class Mark(msgspec.Struct):
    """The rows of a journal before byte `end`, which were valid.

    `hashes` are the XXH3-128 of consecutive parts, with the ends of these. `runs` is the number of
    arrays of keys in the database.
    """

    end: int
    rows: int
    hashes: list[tuple[int, str]]
    runs: int
    chain: ChainState


class Marks(msgspec.Struct):
    """The marks of a book, and the XXH3-128 of the database."""

    tables: str = ""
    journals: dict[str, Mark] = {}
    version: str = VERSION


class _Sealed(msgspec.Struct):
    seal: str
    marks: msgspec.Raw


def load(root: str) -> Marks:
    """The marks of the last check; none if there are no usable ones."""
    with suppress(IOFault, OSError, msgspec.DecodeError, UnicodeDecodeError):
        sealed = msgspec.json.decode(RootedPath(root, FILE).read() or b"", type=_Sealed)
        if sealed.seal == xxh3_128_hexdigest(sealed.marks):
            marks = msgspec.json.decode(sealed.marks, type=Marks)
            if marks.version == VERSION:
                return marks
    return Marks()


def copy_tables(root: str, marks: Marks, target: str) -> bool:
    """Copies the database to a path; False if it is not the one of these marks."""
    if not marks.journals:
        return False
    try:
        handle = RootedPath(root, TABLES).open(os.O_RDONLY)
        with os.fdopen(handle, "rb") as source, open(target, "wb") as copy:
            is_same = _copy(source, copy.write) == marks.tables
    except (IOFault, OSError):
        is_same = False
    if not is_same:
        with suppress(FileNotFoundError):
            os.unlink(target)
    return is_same


def save(root: str, marks: Marks, tables: str) -> None:
    """Keeps marks and a copy of the database at a path, or nothing if that cannot be written."""
    path = RootedPath(root, TABLES)
    scratch = path.parent / f".{path.last}.{os.getpid()}.tmp"
    try:
        path.status()
        path.parent.make_folder()
        try:
            handle = scratch.open(os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            with os.fdopen(handle, "wb") as copy, open(tables, "rb") as source:
                marks.tables = _copy(source, copy.write)
            scratch.rename(path.last)
        except BaseException:
            scratch.unlink()
            raise
        text = msgspec.json.encode(marks)
        sealed = msgspec.json.encode(_Sealed(xxh3_128_hexdigest(text), msgspec.Raw(text)))
        RootedPath(root, FILE).replace(sealed, durable=False)
    except (IOFault, OSError):
        return  # a read-only or full disk: the next check reads everything


def verified_bytes(path: RootedPath, mark: Mark) -> xxh3_128 | None:
    """The hash of the last part of a journal before its mark; None if a byte there has changed."""
    offset, digest = 0, xxh3_128()
    buffer = bytearray(_BLOCK)
    with journal.reader(path) as file:
        for end, expected in mark.hashes:
            digest = xxh3_128()
            while offset < end:
                view = memoryview(buffer)[: min(_BLOCK, end - offset)]
                size = file.readinto(view)  # type: ignore[attr-defined]
                if not size:
                    return None
                digest.update(view[:size])
                offset += size
            if digest.hexdigest() != expected:
                return None
    return digest if offset == mark.end else None


def _copy(source: BinaryIO, write: Callable[[bytes], int]) -> str:
    """Copies a file; returns its hash."""
    digest = xxh3_128()
    while block := source.read(_BLOCK):
        digest.update(block)
        write(block)
    return digest.hexdigest()
