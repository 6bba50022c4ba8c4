"""Journals: append-only JSONL files, and the only code that opens them.

`append` is called with the book's lock held. It writes whole rows in one call and syncs each
journal before the next; on any error every journal of the batch is cut back to where it was.
Readers take no lock and never see an unterminated last line.
"""

import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from burnbook import files
from burnbook.errors import IOFault, os_sentence

_BLOCK = 1 << 16


def path_of(root: str, name: str) -> str:
    """Where a journal of a book is."""
    return os.path.join(root, f"{name}.jsonl")


def size(path: str) -> int:
    """Bytes in a journal; 0 where there is none yet."""
    try:
        return os.stat(path, follow_symlinks=False).st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise IOFault(os_sentence("cannot read the book", error)) from None


def file_of(path: str) -> int | None:
    """What tells the file of a journal from another one put in its place; None: there is none."""
    try:
        return os.stat(path, follow_symlinks=False).st_ino
    except OSError:
        return None


def lines(path: str, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """(offset, line with its newline) of every whole line from `start` on."""
    try:
        handle = files.open_regular(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    except OSError as error:
        raise IOFault(os_sentence("cannot read the book", error)) from None
    with os.fdopen(handle, "rb") as file:
        try:
            file.seek(start)
            offset = start
            for line in file:
                if not line.endswith(b"\n"):
                    return
                yield offset, line
                offset += len(line)
        except GeneratorExit:
            # Nobody waits for more lines, so nobody would hear that the file cannot be closed.
            with suppress(OSError):
                file.close()


def at(path: str, places: list[tuple[int, int]]) -> list[bytes]:
    """The lines at (offset, length), in the order asked for."""
    if not places:
        return []
    try:
        handle = files.open_regular(path, os.O_RDONLY)
    except OSError as error:
        raise IOFault(os_sentence("cannot read the book", error)) from None
    try:
        return [os.pread(handle, length, offset) for offset, length in places]
    finally:
        os.close(handle)


def find(path: str, ids: list[str]) -> dict[str, bytes]:
    """The lines of those ids that have one. A row starts with its id: a byte search finds it."""
    if not ids or size(path) == 0:
        return {}
    handle = files.open_regular(path, os.O_RDONLY)
    try:
        with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as data:
            found = {row_id: _line(data, row_id.encode()) for row_id in ids}
    finally:
        os.close(handle)
    return {row_id: line for row_id, line in found.items() if line is not None}


def _line(data: mmap.mmap, row_id: bytes) -> bytes | None:
    # Quotes in free text are escaped, so only the start of a row has these bytes.
    place = data.find(b'"id":"%b","schema_version"' % row_id)
    if place < 0:
        return None
    end = data.find(b"\n", place)
    return data[data.rfind(b"\n", 0, place) + 1 : end + 1]


def append(root: str, batch: Mapping[str, bytes | Sequence[bytes]]) -> None:
    """Append whole rows to several journals: all of them durable, or none of them there.

    Call it with the lock held and after `heal`. Raises IOFault.
    """
    opened: list[_Open] = []
    try:
        for name, data in batch.items():
            journal = _open(path_of(root, name))
            opened.append(journal)
            files.write_all(journal.handle, data)
            # Before the next journal: what a power cut leaves of a batch is its beginning, as
            # after a kill, and the next run knows from it what is left to do.
            os.fsync(journal.handle)
            if journal.is_new:
                files.sync_dir(os.path.dirname(journal.path))
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


class _Open(NamedTuple):
    handle: int
    path: str
    was: int
    is_new: bool


def _open(path: str) -> _Open:
    flags = os.O_RDWR | os.O_APPEND
    try:
        handle, is_new = files.open_regular(path, flags), False
    except FileNotFoundError:
        handle, is_new = files.open_regular(path, flags | os.O_CREAT | os.O_EXCL), True
    return _Open(handle, path, os.fstat(handle).st_size, is_new)


def _roll_back(opened: list[_Open]) -> bool:
    """Cut every journal back to where it was; whether that could be done."""
    is_back = True
    for journal in opened:
        try:
            os.ftruncate(journal.handle, journal.was)
            if journal.is_new:
                os.unlink(journal.path)
        except OSError:
            # The disk refuses even this: what is left is an unterminated or whole extra row, which
            # the next append heals or knows by its id. The first error is the one to tell.
            is_back = False
        with suppress(OSError):
            # Where the cut is not durable, a power cut may bring back rows that nobody counts on.
            os.fsync(journal.handle)
    return is_back


def torn_tail(path: str) -> tuple[int, bytes]:
    """(offset, bytes) after the last newline; the bytes are empty where the journal ends well."""
    end = size(path)
    if end == 0:
        return 0, b""
    handle = files.open_regular(path, os.O_RDONLY)
    try:
        start, blocks = end, []
        while start > 0:
            step = min(_BLOCK, start)
            start -= step
            block = os.pread(handle, step, start)
            cut = block.rfind(b"\n")
            blocks.append(block[cut + 1 :])
            if cut >= 0:
                return start + cut + 1, b"".join(reversed(blocks))
        return 0, b"".join(reversed(blocks))
    finally:
        os.close(handle)


def keep_tail(root: str, name: str) -> tuple[int, bytes]:
    """Copy an unterminated tail to `<journal>.broken`: (offset, bytes), empty where there is none.

    Call it with the lock held, then `cut`. Whoever was killed in between has the copy already.
    """
    path = path_of(root, name)
    offset, tail = torn_tail(path)
    if tail and not _ends_with(f"{path}.broken", tail + b"\n"):
        put_beside(f"{path}.broken", tail + b"\n")
    return offset, tail


def cut(root: str, name: str, offset: int) -> None:
    """Cut a journal back to `offset`, durably. Call it with the lock held."""
    handle = files.open_regular(path_of(root, name), os.O_RDWR)
    try:
        os.ftruncate(handle, offset)
        os.fsync(handle)
    finally:
        os.close(handle)


def _ends_with(path: str, data: bytes) -> bool:
    end = size(path)
    return end >= len(data) and at(path, [(end - len(data), len(data))]) == [data]


def put_beside(path: str, data: bytes) -> None:
    """Append to a file beside a journal, durably; it is as it was where that fails.

    A last line that was never finished gets its end first. Call it with the lock held.
    """
    _, torn = torn_tail(path)
    beside = _open(path)
    try:
        files.write_all(beside.handle, (b"\n" if torn else b"") + data)
        os.fsync(beside.handle)
        files.sync_dir(os.path.dirname(path))
    except OSError:
        _roll_back([beside])
        raise
    finally:
        os.close(beside.handle)
