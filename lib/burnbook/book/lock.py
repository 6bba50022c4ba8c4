"""The lock of a book: `fcntl.flock` on `<book>/.lock`, which every writer holds for its append.

For folders outside of the book (ledgers, handoff), the folder itself is locked, without a file.

The lock file is never deleted, because two processes could then hold two locks. The kernel releases
the lock when its holder exits, so there is nothing to clean up after a crash.
"""

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from burnbook.base import files
from burnbook.base.errors import Busy, IOFault
from burnbook.base.rooted_path import RootedPath

WAIT_SECONDS = 10.0
was_held = False
"""Whether this process held a book's lock at any time, so that it may have booked rows."""
is_held = False  # by this process, now

# Directories that a writer may need. A symbolic link instead is refused before anything is written.
FOLDERS = ("state", "state/.feeds", "cache", "raw", "rejects", "captures", "crontabs")


@contextmanager
def book_lock(root: str, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Holds the book's lock. After `wait` seconds raises Busy, with the pid of the holder."""
    global was_held, is_held
    files.make_dir(root)
    files.check_owner(root)
    for name in FOLDERS:
        RootedPath(root, name).status()
    path = RootedPath(root, ".lock")
    handle = path.open(os.O_RDWR | os.O_CREAT)
    try:
        _take(handle, wait, lambda: _held(handle, root))
        if not works(path):
            raise IOFault(
                f"the file system of book {root} does not lock files, so nothing is written; "
                "move the book to a local disk (see doctor)"
            )
        os.pwrite(handle, b"%-20d\n" % os.getpid(), 0)
        was_held = is_held = True
        yield
    finally:
        is_held = False
        os.close(handle)


@contextmanager
def folder_lock(
    path: RootedPath, wait: float = WAIT_SECONDS, busy: str | None = None
) -> Iterator[None]:
    """Holds a lock on a folder, without a file in it. Raises Busy after `wait` seconds."""
    handle = path.open_folder()
    busy = busy or f"folder {path} is busy: another process writes; try again"
    try:
        _take(handle, wait, lambda: busy)
        yield
    finally:
        os.close(handle)


@contextmanager
def file_lock(path: RootedPath, busy: str, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Holds a lock on a file, which is created if needed. Raises Busy after `wait` seconds."""
    handle = path.open(os.O_RDWR | os.O_CREAT)
    try:
        _take(handle, wait, lambda: busy)
        yield
    finally:
        os.close(handle)


def works(path: RootedPath) -> bool:
    """Returns whether a lock that is held on a file keeps others out; some file systems ignore it.

    Two descriptors of a file are two holders, even in one process, if each was opened by itself.
    """
    other = path.open(os.O_RDWR)
    try:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN):
            return True
        raise
    finally:
        os.close(other)
    return False


def _held(handle: int, root: str) -> str:
    holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
    return f"book {root} is busy: process {holder} holds it; try again"


def _take(handle: int, wait: float, busy: Callable[[], str]) -> None:
    deadline = time.monotonic() + wait
    pause = 0.001
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EINTR):
                raise
        if time.monotonic() >= deadline:
            raise Busy(busy())
        # The pauses grow and vary, so that many waiting processes do not retry at the same moment.
        time.sleep(pause * (0.5 + time.monotonic_ns() % 1000 / 1000))
        pause = min(pause * 1.5, 0.02)
