"""Files that people edit too (ledgers, the handoff): read and replaced whole, in one rename.

Whoever is killed at any moment leaves the old file or the new one, never a half. The mode of a file
that is there stays. Links are refused, as in a book.
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
    """A file as it was read; `data` is None and `seen` is too where there is none yet."""

    path: RootedPath
    data: bytes | None
    seen: os.stat_result | None


def read(path: RootedPath) -> Page:
    """A file of today, without a lock. Raises IOFault where it is a link, or is no plain file."""
    try:
        handle = path.open(os.O_RDONLY)
    except FileNotFoundError:
        return Page(path, None, None)
    except OSError as error:
        raise IOFault(os_sentence("cannot read a page", error)) from None
    with os.fdopen(handle, "rb") as file:
        seen = os.fstat(handle)
        return Page(path, file.read(), seen)


@contextmanager
def held(path: RootedPath) -> Iterator[Page]:
    """The file, and the lock of its folder inside the `with`; makes the folder where it must."""
    path.parent.make_folder()
    with lock.folder_lock(path.parent):
        # What a killed writer left. Nobody else writes it: this is under the lock.
        _scratch(path).unlink()
        yield read(path)


def put(page: Page, data: bytes) -> None:
    """Put `data` in place of a page that is held. Raises Busy where somebody saved it meanwhile."""
    mode = stat.S_IMODE(page.seen.st_mode) if page.seen else files.FILE_MODE
    scratch = _scratch(page.path)
    try:
        handle = scratch.open(os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            files.write_all(handle, data)
            os.fchmod(handle, mode)
            os.fsync(handle)
            if _changed(page):
                raise Busy(f"{page.path} was saved by another program just now; try again")
            scratch.rename(page.path.last)
        except BaseException:
            scratch.unlink()
            raise
        finally:
            os.close(handle)
        page.path.parent.sync()
    except OSError as error:
        raise IOFault(os_sentence(f"cannot write {page.path}", error)) from None


def _changed(page: Page) -> bool:
    now = page.path.status()
    if now is None or page.seen is None:
        return (now is None) != (page.seen is None)
    names = ("st_ino", "st_size", "st_mtime_ns")
    return any(getattr(now, name) != getattr(page.seen, name) for name in names)


def _scratch(path: RootedPath) -> RootedPath:
    return path.parent / f".{path.last}.tmp"
