"""The files of a feed as columns, by folder.

Objects for 100,000 files would take 50 MB. So a folder has one text with all names, and one array
with sizes and times.
"""

import os
import stat
from array import array
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from xxhash import xxh3_64_intdigest

from burnbook.config.agent_logs import LogFeed, Older, Otlp
from burnbook.jsonl import sources
from burnbook.jsonl.folders import listed, search
from burnbook.jsonl.folders.listed import Folder
from burnbook.jsonl.sources import WAL, Log


class _Searched(NamedTuple):
    """A pattern that is searched in a folder, which the root is or lists; `rank` is its number."""

    root: str
    folder: Folder
    form: LogFeed | Older | Otlp
    pattern: search.Pattern
    rank: int

    @property
    def top(self) -> str:
        """The directory that has every file that matches."""
        fixed = self.pattern.top
        return os.path.join(self.folder.path, fixed) if fixed else self.folder.path


class Listing(NamedTuple):
    """The files directly in a folder that a pattern matches, in the order of the folder.

    `folder` is its real path; `joined` has the names, with a NUL between two. `stats` has two
    values for each file: bytes, and the time of its last change in ns. `doubtful` are the numbers
    of files that are not this user's, or that their owner may not read.
    """

    folder: str
    searched: _Searched
    joined: str
    stats: "array[int]"
    doubtful: Sequence[int] = ()

    @property
    def names(self) -> list[str]:
        """The names of the files."""
        return self.joined.split("\0") if self.stats else []

    def log(self, number: int, name: str) -> Log:
        """The file with a number and its name."""
        size, mtime_ns = self.stats[2 * number : 2 * number + 2]
        root, folder, form, *_ = self.searched
        path = os.path.join(self.folder, name)
        return Log(path, size, mtime_ns, root, form, folder.project)

    def without(self, names: set[str]) -> "Listing":
        """The files with other names than these."""
        kept = [n for n, name in enumerate(self.names) if name not in names]
        joined = "\0".join(self.names[n] for n in kept)
        stats = array("q", [self.stats[2 * n + part] for n in kept for part in (0, 1)])
        doubtful = [new for new, n in enumerate(kept) if n in self.doubtful]
        return self._replace(joined=joined, stats=stats, doubtful=doubtful)


Folders = dict[str, list[Listing]]
"""The listings of each folder, by its real path. No two have the same name."""


def listings(feed: LogFeed, faults: search.Faults | None = None) -> Folders:
    """The feed's files. A file that two patterns match is in the listing of the first.

    `faults` gets the folders that cannot be searched, by path.
    """
    folders: Folders = {}
    for listing in _search(feed, faults):
        folders.setdefault(listing.folder, []).append(listing)
    for folder, several in folders.items():
        if len(several) > 1:
            folders[folder] = _distinct(several)
    return folders


def logs(feed: LogFeed) -> list[Log]:
    """The feed's files, oldest first."""
    files = [log for several in listings(feed).values() for log in logs_of(several)]
    return sorted(files, key=lambda log: (log.mtime_ns, log.path))


def logs_of(several: Sequence[Listing]) -> Iterator[Log]:
    """The files of a folder, in the order of its listings."""
    for listing in several:
        for number, name in enumerate(listing.names):
            yield listing.log(number, name)


def digest(several: Sequence[Listing]) -> int:
    """A number, other than 0, for the names, sizes and times of a folder's files."""
    columns = [os.fsencode(each.joined) + b"\0" + each.stats.tobytes() for each in several]
    return xxh3_64_intdigest(b"\0\0".join(columns)) or 1


def _distinct(several: Sequence[Listing]) -> list[Listing]:
    names: set[str] = set()
    distinct = []
    for listing in sorted(several, key=lambda each: each.searched.rank):
        distinct.append(listing.without(names))
        names |= {*listing.names}
    return [each for each in distinct if each.stats]


def _search(feed: LogFeed, faults: search.Faults | None) -> Iterator[Listing]:
    """The listing of each folder and pattern. Patterns with the same folders share a search."""
    groups: dict[tuple[str, ...], list[_Searched]] = {}
    for searched in _patterns(feed, faults):
        groups.setdefault((searched.top, *searched.pattern.folders), []).append(searched)
    for (top, *_), group in groups.items():
        pattern = group[0].pattern
        for files in search.below(top, pattern.enters, faults):
            if pattern.matches_folder(files.folder[len(top) + 1 :]):
                yield from _list(files, group, faults)


def _patterns(feed: LogFeed, faults: search.Faults | None) -> Iterator[_Searched]:
    """Each directory of a feed with each pattern that is searched there, and its form."""
    rank, further = 0, sources.further_roots(feed)
    for root in sources.roots(feed):
        is_further = root in further
        folders = [Folder(root)]
        if feed.listed:
            folders = listed.folders(root, feed.listed, faults)
        for folder, form in product(folders, [feed] if is_further else sources.forms(feed)):
            for pattern in feed.also.files if feed.also and is_further else form.files:
                yield _Searched(root, folder, form, search.Pattern(pattern), rank)
                rank += 1


class _Columns:
    """The files of a folder that a pattern matches, while they are read."""

    def __init__(self, searched: _Searched) -> None:
        self.searched, self.matches = searched, searched.pattern.matches_name
        self.is_database = searched.form.format == "sqlite"
        self.names: list[str] = []
        self.stats = array("q")
        self.doubtful: list[int] = []


def _list(
    files: search.Files, group: Sequence[_Searched], faults: search.Faults | None
) -> Iterator[Listing]:
    """The files of a folder whose names match, and those to which a link there leads."""
    user, columns = os.geteuid(), [*map(_Columns, group)]
    for entry in files.entries:
        name = entry.name
        for of in columns:
            if of.matches(name):
                break
        else:
            continue
        if (status := files.status(name, faults)) is None:
            continue
        size, mtime_ns = status.st_size, status.st_mtime_ns
        if of.is_database:
            size, mtime_ns = _with_wal(os.path.realpath(entry.path), size, mtime_ns)
        if entry.is_symlink():
            above, name = os.path.split(os.path.realpath(entry.path))
            yield Listing(above, of.searched, name, array("q", (size, mtime_ns)), [0])
            continue
        if status.st_uid != user or not status.st_mode & stat.S_IRUSR:
            of.doubtful.append(len(of.names))
        of.names.append(name)
        of.stats.append(size)
        of.stats.append(mtime_ns)
    folder = os.path.realpath(files.folder) if files.is_linked else files.folder
    for each in columns:
        if each.names:
            joined = "\0".join(each.names)
            yield Listing(folder, each.searched, joined, each.stats, each.doubtful)


def _with_wal(path: str, size: int, mtime_ns: int) -> tuple[int, int]:
    """The size and time of a database with its write-ahead log, where its newest rows are."""
    try:
        status = os.stat(path + WAL)
    except OSError:
        return size, mtime_ns
    # A reader may create the log; empty, it has nothing.
    return size + status.st_size, max(mtime_ns, status.st_mtime_ns if status.st_size else 0)
