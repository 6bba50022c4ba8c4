"""What `repair` makes anew: states and indexes out of journals, and modes."""

import stat

from burnbook.base import files
from burnbook.base.errors import BadData, IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal, lock
from burnbook.book.book import Book
from burnbook.book.codec import REJECTS
from burnbook.book.key_index import Keys, forget, read_key
from burnbook.book.recovery import heal
from burnbook.book.rejects import read_reject
from burnbook.check import Finding
from burnbook.doctor import filesystem
from burnbook.times import clock
from burnbook.windows.snapshot_index import Index
from burnbook.windows.state import state_of


def settled(book: Book, name: str) -> int:
    """Up to where a journal stays as it is, also for who does not hold the lock."""
    with lock.book_lock(book.root):
        heal(book.root, name)
        return journal.size(journal.path_of(book.root, name))


def states(book: Book) -> None:
    """Make state/ say what the snapshots say.

    The index is made afresh: a cache that differs is one of the things that may be repaired.
    """
    path = journal.path_of(book.root, "snapshots")
    index, file, end = Index(), journal.file_of(path), settled(book, "snapshots")
    done = _take(index, path, 0, end)
    with lock.book_lock(book.root):
        if file != journal.file_of(path):
            index, done = Index(), 0
        _take(index, path, done, journal.size(path))
        wanted = {
            (e.agent, e.provider) for window in index.windows() for e in index.entries(window)
        }
        for agent, provider in sorted(wanted):
            book.put_state(agent, provider, state_of(index, agent, provider))


def _take(index: Index, path: RootedPath, start: int, end: int) -> int:
    """Take in the snapshots from one offset to another, and give the one behind the last."""
    for offset, line in journal.lines(path, start):
        if offset >= end:
            break
        start = offset + len(line)
        try:
            row = codec.verify("snapshots", line)
        except BadData:
            continue
        index.add(row, offset, len(line))
    return start


def index_of(book: Book, name: str) -> None:
    """Make the keys of a journal afresh. Long, so what can be read is read without the lock."""
    made = Keys(book.root, name, "1", read_reject if name.startswith(REJECTS) else read_key)
    with lock.book_lock(book.root):
        drop_index(RootedPath(book.root, f"cache/{name}.keys"))
    made.prepare()
    with lock.book_lock(book.root):
        made.catch_up()


def clear(path: RootedPath) -> bool:
    """Remove what a killed command left: its scratch file, or doctor's scratch directory.

    False where the directory has other files too: those stay.
    """
    status = path.status()
    try:
        if status and stat.S_ISDIR(status.st_mode):
            filesystem.clear(path)
        else:
            path.unlink()
    except OSError as error:
        raise IOFault(os_sentence("cannot remove what a killed command left", error)) from None
    return path.status() is None


def drop(path: RootedPath) -> None:
    """Remove a derived file."""
    try:
        path.unlink()
    except OSError as error:
        raise IOFault(os_sentence("cannot remove a derived file", error)) from None


def drop_index(folder: RootedPath) -> None:
    """Remove the files of an index."""
    try:
        forget(folder)
    except OSError as error:
        raise IOFault(os_sentence("cannot remove a derived file", error)) from None


def kept_at(path: RootedPath) -> RootedPath:
    """The name under which a file is kept as it was: the one of a repair that was cut off, or new.

    A file that is not there gets a new name too.
    """
    mark, status = f"{path.last}.before-repair-", path.status()
    for name in path.parent.names() if status else ():
        other = path.parent / name
        if name.startswith(mark) and journal.file_of(other) == journal.file_of(path):
            return other
    return path.parent / f"{mark}{clock.wall_clock():%Y%m%dT%H%M%S%fZ}"


def set_aside(path: RootedPath) -> str:
    """Give a state that no snapshot is about another name, and give that name."""
    kept = kept_at(path)
    try:
        path.rename(kept.last)
    except OSError as error:
        raise IOFault(os_sentence("cannot rename a state", error)) from None
    return kept.last


def mode(book: Book, one: Finding) -> str:
    """Give a file or directory of the book its mode, through a descriptor and no link."""
    path = RootedPath(book.root, "" if one.file == "." else one.file)
    status = path.status()
    is_folder = status is not None and stat.S_ISDIR(status.st_mode)
    wanted = files.DIR_MODE if is_folder else files.FILE_MODE
    try:
        path.set_mode(wanted)
    except OSError as error:
        raise IOFault(os_sentence(f"cannot change the mode of {one.file}", error)) from None
    return f"{one.file}: has mode {wanted:04o} now"
