"""A book whose journals are read together with those of the books that it follows."""

import os
import stat
from collections.abc import Sequence
from typing import TYPE_CHECKING

from burnbook.base.errors import os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book.joined import MISSING

if TYPE_CHECKING:
    from burnbook.book.joined.path import JoinedPath

STORE = "cache/followed/book.sqlite"


class JoinedRoot(str):
    """The directory of a book, of which readers see the rows of the followed books as well.

    As text it is the directory of this book: state, salt and locks are those of this book, and so
    are the files that are written. `declared` are the directories in the settings. Of the followed
    books, `sources` can be read and `missing` cannot. `faults` says why, by directory, also where
    it is a single journal that cannot be read.
    """

    declared: tuple[str, ...]
    sources: tuple[str, ...]
    missing: tuple[str, ...]
    faults: dict[str, str]

    def __new__(cls, root: str, declared: Sequence[str]) -> "JoinedRoot":
        """Looks at each followed book, and opens none of its journals."""
        joined = super().__new__(cls, root)
        joined.declared, joined.faults, joined._paths = tuple(declared), {}, {}
        sources, seen = [], {_identity(root)}
        for source in declared:
            fault = _fault(source)
            if fault is not None:
                joined.faults[source] = fault
            elif _identity(source) not in seen:
                # Machines that share a config may list this book too.
                sources.append(source)
                seen.add(_identity(source))
        joined.sources, joined.missing = tuple(sources), tuple(joined.faults)
        return joined

    def reopened(self) -> "JoinedRoot":
        """The same books as they are now."""
        return JoinedRoot(str(self), self.declared)

    def path(self, name: str) -> "JoinedPath":
        """Returns the path of a joined journal."""
        if name not in self._paths:
            from burnbook.book.joined.path import JoinedPath  # if books are followed

            self._paths[name] = JoinedPath.of(str(self), f"{name}.jsonl", self.sources, self.faults)
        return self._paths[name]

    def has_journal(self) -> bool:
        """Whether this book or a followed one has a journal."""
        return any(_has_journal(root) for root in (str(self), *self.sources))

    _paths: "dict[str, JoinedPath]"


def joined(path: RootedPath) -> "JoinedPath | None":
    """Returns the path as that of a joined journal, whose module few commands import; or None."""
    if type(path) is RootedPath:
        return None
    from burnbook.book.joined.path import JoinedPath

    return path if isinstance(path, JoinedPath) else None


def _fault(source: str) -> str | None:
    """Why a followed book cannot be read; None if it can."""
    try:
        mode = os.lstat(source).st_mode
        if stat.S_ISLNK(mode):
            return f"{source} is a symbolic link, {MISSING}; follow the directory that it names"
        if not stat.S_ISDIR(mode):
            return f"{source} is not a directory, {MISSING}; correct `sources` in books.toml"
        if not _has_journal(source):
            return f"{source} has no journal; correct `sources` in books.toml if it is no book"
    except FileNotFoundError:
        return f"{source} does not exist, {MISSING}; mount it or correct `sources` in books.toml"
    except OSError as error:
        return f"{os_sentence('cannot read a followed book', error)}, {MISSING}"
    return None


def _has_journal(root: str) -> bool:
    try:
        return any(name.endswith(".jsonl") for name in os.listdir(root))
    except FileNotFoundError:
        return False


def _identity(root: str) -> tuple[int, int] | None:
    try:
        status = os.stat(root)
    except OSError:
        return None
    return status.st_dev, status.st_ino
