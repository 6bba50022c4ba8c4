"""Files that people edit too (ledgers, the handoff), read and replaced as a whole by one rename.

A process killed at any moment leaves the old file or the new one. An existing file keeps its mode.
Symbolic links are refused, as in a book.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from burnbook.base import files
from burnbook.base.errors import Busy, IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock


class Page(NamedTuple):
    """A file's contents and status when it was read. Both are None if it does not exist."""

    path: RootedPath
    data: bytes | None
    status: os.stat_result | None


def read(path: RootedPath) -> Page:
    """Reads a file without a lock. Raises IOFault if it is a link or not a regular file."""
    try:
        handle = path.open(os.O_RDONLY)
    except FileNotFoundError:
        return Page(path, None, None)
    except OSError as error:
        raise IOFault(os_sentence("cannot read a page", error)) from None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        return Page(path, file.read(), status)


@contextmanager
def locked(path: RootedPath) -> Iterator[Page]:
    """Reads a file under the lock of its folder. Creates the folder if necessary."""
    path.parent.make_folder()
    with lock.folder_lock(path.parent):
        # A killed writer's temporary file. Only the lock's holder writes it.
        _temporary(path).unlink()
        yield read(path)


def replace(page: Page, data: bytes) -> None:
    """Replaces a locked page. Raises Busy if another program saved the file since it was read."""
    mode = stat.S_IMODE(page.status.st_mode) if page.status else files.FILE_MODE
    temporary = _temporary(page.path)
    try:
        handle = temporary.open(os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            files.write_all(handle, data)
            os.fchmod(handle, mode)
            os.fsync(handle)
            if _is_changed(page):
                raise Busy(f"{page.path} was saved by another program just now; try again")
            temporary.rename(page.path.last)
        except BaseException:
            temporary.unlink()
            raise
        finally:
            os.close(handle)
        page.path.parent.sync()
    except OSError as error:
        raise IOFault(os_sentence(f"cannot write {page.path}", error)) from None


def _is_changed(page: Page) -> bool:
    now = page.path.status()
    if now is None or page.status is None:
        return (now is None) != (page.status is None)
    names = ("st_ino", "st_size", "st_mtime_ns")
    return any(getattr(now, name) != getattr(page.status, name) for name in names)


def _temporary(path: RootedPath) -> RootedPath:
    return path.parent / f".{path.last}.tmp"
