"""Files that people edit too (ledgers, the handoff): read and replaced whole, in one rename.

Whoever is killed at any moment leaves the old file or the new one, never a half. The mode of a file
that is there stays. Links are refused, as in a book.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from burnbook import files, lock
from burnbook.errors import Busy, IOFault, os_sentence


class Page(NamedTuple):
    """A file as it was read; `data` is None and `seen` is too where there is none yet."""

    path: str
    data: bytes | None
    seen: os.stat_result | None


def read(path: str) -> Page:
    """A file of today, without a lock. Raises IOFault where it is a link, or is no plain file."""
    try:
        handle = files.open_regular(path, os.O_RDONLY)
    except FileNotFoundError:
        return Page(path, None, None)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise IOFault(
                f"{path} is a symbolic link and is not followed; name the real place in "
                "config/ledgers.toml"
            ) from None
        raise IOFault(os_sentence("cannot read a page", error)) from None
    with os.fdopen(handle, "rb") as file:
        seen = os.fstat(handle)
        return Page(path, file.read(), seen)


@contextmanager
def held(path: str) -> Iterator[Page]:
    """The file, and the lock of its folder inside the `with`; makes the folder where it must."""
    folder = os.path.dirname(path)
    files.make_dir(folder)
    with lock.folder_lock(folder):
        # What a killed writer left. Nobody else writes it: this is under the lock.
        with suppress(FileNotFoundError):
            os.unlink(_scratch(path))
        yield read(path)


def put(page: Page, data: bytes) -> None:
    """Put `data` in place of a page that is held. Raises Busy where somebody saved it meanwhile."""
    mode = stat.S_IMODE(page.seen.st_mode) if page.seen else files.FILE_MODE
    scratch = _scratch(page.path)
    try:
        handle = files.open_regular(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            files.write_all(handle, data)
            os.fchmod(handle, mode)
            os.fsync(handle)
            if _changed(page):
                raise Busy(f"{page.path} was saved by another program just now; try again")
            os.rename(scratch, page.path)
        except BaseException:
            os.unlink(scratch)
            raise
        finally:
            os.close(handle)
        files.sync_dir(os.path.dirname(page.path))
    except OSError as error:
        raise IOFault(os_sentence(f"cannot write {page.path}", error)) from None


def _changed(page: Page) -> bool:
    try:
        now = os.lstat(page.path)
    except FileNotFoundError:
        return page.seen is not None
    if page.seen is None:
        return True
    names = ("st_ino", "st_size", "st_mtime_ns")
    return any(getattr(now, name) != getattr(page.seen, name) for name in names)


def _scratch(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.tmp")
