"""What `repair` makes anew: states and indexes out of journals, and modes."""

import stat

from burnbook.base import files
from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal, lock
from burnbook.book.book import Book
from burnbook.book.recovery import heal
from burnbook.check import Finding
from burnbook.check.directory import DOCTOR_FILE
from burnbook.store.store import Store
from burnbook.times import clock
from burnbook.windows import state
from burnbook.windows.snapshot_index import SNAPSHOTS, SnapshotIndex


def settled(book: Book, name: str) -> int:
    """Up to where a journal stays as it is, also for who does not hold the lock."""
    with lock.book_lock(book.root):
        heal(book.root, name)
        return journal.size(journal.path_of(book.root, name))


def states(book: Book) -> None:
    """Make state/ say what the snapshots say.

    The index is built in memory: a store that differs is one of the faults that are repaired.
    """
    store = Store(book.root, in_memory=True)
    store.view(SNAPSHOTS)  # so that under the lock only the newest rows are left to read
    settled(book, "snapshots")
    with lock.book_lock(book.root):
        index = SnapshotIndex(store.view(SNAPSHOTS))
        has_newer = bool(store.skipped["snapshots"].newer)
        for agent, provider in index.providers():
            current = state.state_of(index, agent, provider)
            state.put(book.root, agent, provider, current, has_newer=has_newer)


def clear(path: RootedPath) -> bool:
    """Remove what a killed command left: its scratch file, or doctor's scratch directory.

    False where the directory has other files too: those stay.
    """
    status = path.status()
    try:
        if status and stat.S_ISDIR(status.st_mode):
            path.remove_matching(DOCTOR_FILE)
        else:
            path.unlink()
    except OSError as error:
        raise IOFault(os_sentence("cannot remove what a killed command left", error)) from None
    return path.status() is None


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
