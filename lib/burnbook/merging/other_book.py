"""A book that is merged: it is read without a lock, and never written."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from burnbook.base.errors import BadData, IOFault, Missing, UsageError, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.check import journals, references

_FEED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OF_A_BOOK = (".lock", "account.salt")


class OtherBook(NamedTuple):
    """The folder, and the end of what is merged of each journal, in the order of merging.

    `unknown` are journals of a newer version, which are not merged.
    """

    root: str
    ends: dict[str, int]
    unknown: Sequence[str]

    def batches(self, name: str) -> Iterator[list[bytes]]:
        """Yields the whole lines of a journal, some hundred at a time."""
        end = self.ends.get(name, 0)
        for offset, lines in journal.batches(journal.path_of(self.root, name)) if end else ():
            if offset >= end:
                return
            while lines and offset + sum(map(len, lines)) > end:
                lines.pop()
            yield lines


def opened(path: str, own_root: str) -> OtherBook:
    """Returns a book to merge. Raises Missing, BadData, UsageError or IOFault."""
    root = os.path.abspath(path)
    try:
        status = os.stat(root)
        if not stat.S_ISDIR(status.st_mode):
            raise BadData(f"{path} is not a folder; name the folder of a book")
        names = os.listdir(root)
    except FileNotFoundError:
        raise Missing(f"there is no book at {path}") from None
    except (OSError, ValueError) as error:
        reason = os_sentence("cannot read", error) if isinstance(error, OSError) else str(error)
        raise IOFault(f"{path}: {reason}") from None
    if _is_same(root, own_root):
        raise UsageError(f"{path} is this book itself; name another one")
    present = {name.removesuffix(".jsonl") for name in names if name.endswith(".jsonl")}
    known = present & {*codec.JOURNALS}
    if not known and not any(name in names for name in (*_OF_A_BOOK, "rejects")):
        raise BadData(f"{path} is not a book: it has no journal such as snapshots.jsonl")
    unknown = sorted(name for name in present - known if name[:1] != ".")
    return OtherBook(root, _ends(root), unknown)


def _ends(root: str) -> dict[str, int]:
    """The size of each journal: first of those whose rows name rows of others.

    A writer appends a row after those that it names, so every row that is named is among those that
    are merged. The order of the result is the other way round.
    """
    every = [name for name in journals.names(root) if _is_valid(name)]
    naming = [name for name in every if name in references.NAMING]
    others = [name for name in every if name not in references.NAMING]
    sizes = {name: journal.size(journal.path_of(root, name)) for name in [*naming, *others]}
    for name in every:
        path = journal.path_of(root, name)
        status = path.status()
        if status is not None and not stat.S_ISREG(status.st_mode):
            raise IOFault(f"{path} is not a regular file; move it away")
        if sizes[name] and journal.is_utf16(path):
            raise BadData(f"{path} {journal.UTF16}")
    return {name: sizes[name] for name in [*others, *naming]}


def _is_valid(name: str) -> bool:
    """Whether a journal of rejected lines has the name of a feed."""
    feed = name.removeprefix(codec.REJECTS)
    return feed == name or _FEED.fullmatch(feed) is not None


def _is_same(root: str, own_root: str) -> bool:
    try:
        return os.path.samefile(root, own_root)
    except FileNotFoundError:
        return False  # this book does not exist yet


def panes(root: str) -> list[str]:
    """The names of the saved panes of a book."""
    return RootedPath(root, "raw").names()
