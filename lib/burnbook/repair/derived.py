"""Rebuilds states from journals, removes leftovers and corrects modes."""

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
from burnbook.windows.booked.snapshots import SNAPSHOTS
from burnbook.windows.snapshot_index import SnapshotIndex


def settled(book: Book, name: str) -> int:
    """The size of a journal up to which no writer changes it, even without the lock."""
    with lock.book_lock(book.root):
        heal(book.root, name)
        return journal.size(journal.path_of(book.root, name))


def states(book: Book) -> None:
    """Rebuilds state/ from the snapshots.

    The index is built in memory, because the store may be one of the faults.
    """
    store = Store(book.root, in_memory=True)
    store.view(SNAPSHOTS)  # so that only the newest rows are read under the lock
    settled(book, "snapshots")
    with lock.book_lock(book.root):
        index = SnapshotIndex(store.view(SNAPSHOTS))
        has_newer = bool(store.skipped["snapshots"].newer)
        for agent, provider in index.providers():
            current = state.state_of(index, agent, provider)
            state.put(book.root, agent, provider, current, has_newer=has_newer)


def remove_leftover(path: RootedPath) -> bool:
    """Removes the scratch file of a killed command, or the scratch directory of `doctor`.

    Returns False if the directory has other files, which stay.
    """
    status = path.status()
    try:
        if status and stat.S_ISDIR(status.st_mode):
            path.remove_matching(DOCTOR_FILE)
        else:
            path.unlink()
    except OSError as error:
        raise IOFault(os_sentence("cannot remove a leftover of a killed command", error)) from None
    return path.status() is None


def backup_path(path: RootedPath) -> RootedPath:
    """The path for the original of a file: that of an interrupted repair, or a new one.

    A missing file gets a new one too.
    """
    mark, status = f"{path.last}.before-repair-", path.status()
    for name in path.parent.names() if status else ():
        other = path.parent / name
        if name.startswith(mark) and journal.file_of(other) == journal.file_of(path):
            return other
    return path.parent / f"{mark}{clock.wall_clock():%Y%m%dT%H%M%S%fZ}"


def rename_stray(path: RootedPath) -> str:
    """Renames a state without a snapshot, and returns the new name."""
    backup = backup_path(path)
    try:
        path.rename(backup.last)
    except OSError as error:
        raise IOFault(os_sentence("cannot rename a state", error)) from None
    return backup.last


def fix_mode(book: Book, finding: Finding) -> str:
    """Sets the mode of a file or directory of the book, through a descriptor, not a link."""
    path = RootedPath(book.root, "" if finding.file == "." else finding.file)
    status = path.status()
    is_folder = status is not None and stat.S_ISDIR(status.st_mode)
    wanted = files.DIR_MODE if is_folder else files.FILE_MODE
    try:
        path.set_mode(wanted)
    except OSError as error:
        raise IOFault(os_sentence(f"cannot change the mode of {finding.file}", error)) from None
    return f"{finding.file}: mode set to {wanted:04o}"
