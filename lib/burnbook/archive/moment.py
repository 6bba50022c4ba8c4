"""The files of a book at one moment, while others write to it.

The book's lock is held only to open the journals and to read the small files that are replaced: the
states, and how far each feed was read. A cursor is never newer than the journals that it is about.
Journals only grow, so their bytes up to that moment are copied later, without the lock.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import NamedTuple

from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal, lock
from burnbook.check import directory

_LATER_FOLDERS = ("raw/", "captures/", "crontabs/")
"""Their files are written once and never change."""


class Opened(NamedTuple):
    """A journal, or a file beside one: its name, an open descriptor, and its size then.

    A journal's size is that of its whole lines; `torn` counts the bytes after them.
    """

    name: str
    handle: int
    size: int
    torn: int


class Moment(NamedTuple):
    """The files of a book: large ones opened, small ones read, others by name."""

    opened: list[Opened]
    small: dict[str, bytes]
    others: list[str]
    foreign: list[str]


@contextmanager
def files_of(root: str) -> Iterator[Moment]:
    """Yields the files of a book as they are now, and closes them at the end. Raises IOFault."""
    with ExitStack() as stack:
        opened: list[Opened] = []
        small: dict[str, bytes] = {}
        try:
            with _locked(root):
                for name in _written_under_the_lock(root):
                    path = RootedPath(root, name)
                    if name.startswith("state/") or name == "account.salt":
                        data = path.read()
                        if data is not None:
                            small[name] = data
                        continue
                    handle = path.open(os.O_RDONLY)
                    stack.callback(os.close, handle)
                    opened.append(_sized(path, handle))
            listed = list(directory.all_files(root))
        except OSError as error:
            raise IOFault(os_sentence("cannot read the book", error)) from None
        others = [n for n, is_own in listed if is_own and n.startswith(_LATER_FOLDERS)]
        foreign = [n for n, is_own in listed if not is_own]
        yield Moment(opened, small, others, foreign)


@contextmanager
def _locked(root: str) -> Iterator[None]:
    """Holds the book's lock; without it on a disk that cannot be written, where nobody writes."""
    with ExitStack() as stack:
        try:
            stack.enter_context(lock.book_lock(root))
        except OSError as error:
            if error.errno != errno.EROFS:
                raise
        yield


def _written_under_the_lock(root: str) -> Iterator[str]:
    """Names of files that change while the lock is held, which are few."""
    top = RootedPath(root)
    names = top.names()
    names += [f"rejects/{name}" for name in (top / "rejects").names()]
    for agent in (top / "state").names():
        with suppress(NotADirectoryError):
            names += [f"state/{agent}/{name}" for name in (top / "state" / agent).names()]
    yield from (name for name in names if directory.belongs(root, name))


def _sized(path: RootedPath, handle: int) -> Opened:
    end = os.fstat(handle).st_size
    if not path.name.endswith(".jsonl"):
        return Opened(path.name, handle, end, 0)
    whole, tail = journal.torn_tail(path)
    return Opened(path.name, handle, whole, len(tail))
