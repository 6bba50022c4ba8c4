"""What `repair` makes anew: states and indexes out of journals, and modes."""

import os
import shutil

from burnbook import files, journal, lock, records
from burnbook.book import Book, state_of
from burnbook.derive.snapshots import Index
from burnbook.errors import BadData, IOFault, os_sentence
from burnbook.heal import heal
from burnbook.intake import read_key
from burnbook.integrity import Finding
from burnbook.keys import Keys
from burnbook.records import REJECTS
from burnbook.rejects import read_reject
from burnbook.requests import Requests


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


def _take(index: Index, path: str, start: int, end: int) -> int:
    """Take in the snapshots from one offset to another, and give the one behind the last."""
    for offset, line in journal.lines(path, start):
        if offset >= end:
            break
        start = offset + len(line)
        try:
            row = records.verify("snapshots", line)
        except BadData:
            continue
        index.add(row, offset, len(line))
    return start


def index_of(book: Book, name: str) -> None:
    """Make the keys of a journal afresh. Long, so what can be read is read without the lock."""
    made: Keys | Requests
    if name == "agent_usage":
        made = Requests(book.root)
    else:
        made = Keys(book.root, name, "1", read_reject if name.startswith(REJECTS) else read_key)
    with lock.book_lock(book.root):
        drop(os.path.join(book.root, "cache", f"{name}.keys"))
    made.prepare()
    with lock.book_lock(book.root):
        made.catch_up()


def clear(path: str) -> None:
    """Remove what a killed command left: its scratch file, or doctor's scratch folder."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        drop(path)


def drop(path: str) -> None:
    """Remove a derived file, or a folder of them."""
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            for name in os.listdir(path):
                os.unlink(os.path.join(path, name))
        elif os.path.lexists(path):
            os.unlink(path)
    except FileNotFoundError:
        return  # another command did it
    except OSError as error:
        raise IOFault(os_sentence("cannot remove what is derived", error)) from None


def mode(book: Book, one: Finding) -> str:
    """Give a file or directory of the book its mode, through a descriptor and no link."""
    path = os.path.join(book.root, one.file)
    wanted = files.DIR_MODE if os.path.isdir(path) else files.FILE_MODE
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except PermissionError:
        handle = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        path = f"/proc/self/fd/{handle}"
    try:
        os.chmod(path, wanted) if path.startswith("/proc/") else os.fchmod(handle, wanted)
    except OSError as error:
        raise IOFault(os_sentence(f"cannot change the mode of {one.file}", error)) from None
    finally:
        os.close(handle)
    return f"{one.file}: has mode {wanted:04o} now"
