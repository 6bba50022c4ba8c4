"""The files of the store. Readers of several books have a store of their own."""

from burnbook.base.rooted_path import RootedPath
from burnbook.book.joined.root import STORE, JoinedRoot

FILE = "cache/book.sqlite"
_ENDS = ("-wal", "-shm", "-journal", "")


def path_of(root: str) -> RootedPath:
    """The path of the database."""
    return RootedPath(root, STORE if isinstance(root, JoinedRoot) else FILE)


def paths(root: str) -> list[RootedPath]:
    """The paths of the files that SQLite writes beside the database, and of the database."""
    path = path_of(root)
    return [RootedPath(root, f"{path.name}{end}") for end in _ENDS]


def has_journal(root: str) -> bool:
    """Whether a book has a journal. A book without rows gets no store: commands leave it empty."""
    if isinstance(root, JoinedRoot):
        return root.has_journal()
    return any(name.endswith(".jsonl") for name in RootedPath(root).names())
