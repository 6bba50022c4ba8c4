"""Journals: append-only JSONL files, and the only code that opens them.

`append` is called with the book's lock held. It writes whole rows in one call and syncs each
journal before the next; on any error every journal of the batch is cut back to where it was.
Readers take no lock and never see an unterminated last line.
"""

import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import BinaryIO

from msgspec import Struct

from burnbook.base import files
from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book.joined.root import JoinedRoot, joined

_BATCH = 1 << 18
UTF16 = "is UTF-16 text and not UTF-8; convert it with iconv -f UTF-16 -t UTF-8"
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{")


def path_of(root: str, name: str) -> RootedPath:
    """Returns the path of a journal; for readers of several books, of a joined journal."""
    return root.path(name) if isinstance(root, JoinedRoot) else RootedPath(root, f"{name}.jsonl")


def size(path: RootedPath) -> int:
    """Returns the size of a journal in bytes; 0 if it does not exist. Raises IOFault."""
    if several := joined(path):
        return several.size()
    try:
        status = path.status()
    except OSError as error:
        raise IOFault(os_sentence("cannot read the book", error)) from None
    return status.st_size if status else 0


def file_of(path: RootedPath) -> int | None:
    """Returns the inode of a journal, which changes when the file is replaced; or None."""
    try:
        status = path.status()
    except OSError:
        return None
    return status.st_ino if status else None


def lines(path: RootedPath, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yields (offset, line with its newline) of every whole line from `start` on."""
    with reader(path, start) as file:
        offset = start
        try:
            for line in file:
                if not line.endswith(b"\n"):
                    return
                yield offset, line
                offset += len(line)
        except GeneratorExit:
            # The caller needs no more lines, so an error while closing loses nothing.
            with suppress(OSError):
                file.close()


def batches(path: RootedPath, start: int = 0) -> Iterator[tuple[int, list[bytes]]]:
    """Yields (offset, lines) of all whole lines from `start` on, some hundred lines at a time."""
    with reader(path, start) as file:
        offset = start
        while lines := file.readlines(_BATCH):
            if not lines[-1].endswith(b"\n"):
                lines.pop()
            if not lines:
                return
            yield offset, lines
            offset += sum(map(len, lines))


def reader(path: RootedPath, start: int = 0) -> BinaryIO:
    """Opens a journal at an offset; an empty file if it does not exist. Raises IOFault."""
    if several := joined(path):
        return several.reader(start)
    try:
        file = os.fdopen(path.open(os.O_RDONLY), "rb")
    except FileNotFoundError:
        return BytesIO()
    except OSError as error:
        raise IOFault(os_sentence("cannot read the book", error)) from None
    file.seek(start)
    return file


def at(path: RootedPath, spans: list[tuple[int, int]]) -> list[bytes]:
    """Returns the bytes at each (offset, length)."""
    if not spans:
        return []
    if several := joined(path):
        return several.at(spans)
    try:
        handle = path.open(os.O_RDONLY)
    except OSError as error:
        raise IOFault(os_sentence("cannot read the book", error)) from None
    try:
        return [os.pread(handle, length, offset) for offset, length in spans]
    finally:
        os.close(handle)


def find(path: RootedPath, ids: list[str]) -> dict[str, bytes]:
    """Returns the lines by id, of those ids that have one. A row starts with its id."""
    if not ids or size(path) == 0:
        return {}
    if several := joined(path):
        return several.find(ids)
    handle = path.open(os.O_RDONLY)
    try:
        with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as data:
            lines_by_id = {row_id: _line(data, row_id.encode()) for row_id in ids}
    finally:
        os.close(handle)
    return {row_id: line for row_id, line in lines_by_id.items() if line is not None}


def _line(data: mmap.mmap, row_id: bytes) -> bytes | None:
    # Quotes in free text are escaped, so only the start of a row has these bytes.
    position = data.find(b'"id":"%b","schema_version"' % row_id)
    if position < 0:
        return None
    end = data.find(b"\n", position)
    return data[data.rfind(b"\n", 0, position) + 1 : end + 1]


def append(
    root: str, batch: Mapping[str, bytes | Sequence[bytes]], *, is_own: bool = True
) -> dict[str, int]:
    """Appends whole rows to several journals, durably, or appends none. Raises IOFault.

    Call it with the lock held, after `heal`. The last row of each journal gets a link of the chain,
    unless the rows are copies (`is_own` is False). Returns the new size of each journal.
    """
    from burnbook.book.chain.tail import linked  # only writers need it

    sizes: dict[str, int] = {}
    opened: list[_Open] = []
    try:
        for name, data in batch.items():
            journal = _open(path_of(root, name))
            opened.append(journal)
            if is_own:
                data = linked(name, journal.handle, journal.was, data)
            sizes[name] = journal.was + files.write_all(journal.handle, data)
            # Before the next journal, so that a power cut, like a kill, leaves the beginning of a
            # batch, from which the next run can tell what is left to do.
            os.fsync(journal.handle)
            if journal.is_new:
                journal.path.parent.sync()
    except BaseException as error:
        is_back = _roll_back(opened)
        if isinstance(error, OSError):
            after = (
                "which is as it was before these rows" if is_back else "nor take these rows back"
            )
            what = f"cannot write to book {root}, {after}"
            raise IOFault(os_sentence(what, error)) from None
        raise
    finally:
        for journal in opened:
            os.close(journal.handle)
    return sizes


class _Open(Struct, frozen=True):
    handle: int
    path: RootedPath
    was: int
    is_new: bool


def _open(path: RootedPath) -> _Open:
    flags = os.O_RDWR | os.O_APPEND
    try:
        handle, is_new = path.open(flags), False
    except FileNotFoundError:
        handle, is_new = path.open(flags | os.O_CREAT | os.O_EXCL), True
    return _Open(handle, path, os.fstat(handle).st_size, is_new)


def _roll_back(opened: list[_Open]) -> bool:
    """Truncates every journal to its old size. Returns whether that succeeded."""
    is_back = True
    for journal in opened:
        try:
            os.ftruncate(journal.handle, journal.was)
            if journal.is_new:
                journal.path.unlink()
        except OSError:
            # What is left is an unterminated or an extra row, which the next append heals or
            # recognizes by its id. The first error is reported.
            is_back = False
        with suppress(OSError):
            # Without it, a power cut may bring back rows that were not acknowledged.
            os.fsync(journal.handle)
    return is_back


def torn_tail(path: RootedPath) -> tuple[int, bytes]:
    """Returns (offset, bytes) after the last newline; no bytes if the last line is complete."""
    from burnbook.book.joined.parts import end_of_lines, read

    end = size(path)
    start = end_of_lines(path, 0, end)
    return start, read(path, start, end - start) if start < end else b""


def is_utf16(path: RootedPath) -> bool:
    """Returns whether a journal is UTF-16 text, as PowerShell writes with `>`."""
    return size(path) > 0 and at(path, [(0, 2)])[0] in _UTF16


def cut(root: str, name: str, offset: int) -> None:
    """Truncates a journal to `offset`, durably. Call it with the lock held."""
    handle = path_of(root, name).open(os.O_RDWR)
    try:
        os.ftruncate(handle, offset)
        os.fsync(handle)
    finally:
        os.close(handle)


def put_beside(path: RootedPath, data: bytes) -> None:
    """Appends to a file beside a journal, durably; the file is unchanged if that fails.

    An unterminated last line gets its newline first. Call it with the lock held.
    """
    _, torn = torn_tail(path)
    beside = _open(path)
    try:
        files.write_all(beside.handle, (b"\n" if torn else b"") + data)
        os.fsync(beside.handle)
        path.parent.sync()
    except OSError:
        _roll_back([beside])
        raise
    finally:
        os.close(beside.handle)
