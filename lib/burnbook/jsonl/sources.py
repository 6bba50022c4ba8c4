"""The log files of a feed, and how far each was read.

The offsets are in `cache/` and may be deleted: requests that are read again are duplicates. A file
that was only appended to is read from its offset. A file whose first line or last-read bytes
changed is read from the start.
"""

import os
from collections.abc import Iterator
from itertools import product
from typing import Any, Literal, NamedTuple

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.config.agent_logs import LogFeed, Older, Otlp
from burnbook.jsonl.folders import listed, search
from burnbook.jsonl.folders.declared import existing, matching
from burnbook.jsonl.folders.listed import Folder

_HEAD = 1024
NAMELESS = "/dev/fd/"
"""The folder of a file without a name, which has what was on stdin."""
WAL = "-wal"
"""The end of the name of a database's write-ahead log."""
_MARK = 1024  # several lines: the end of one alone may be that of any other
FORM = 6
# A document is a stub if its requests are elsewhere, and unfinished while it is written.
Left = Literal["", "stub", "unfinished"]
NOT_READ = -1
"""The size of a file that could not be read, so that the next call tries again."""
FINISHED = 600.0  # seconds without a change after which nobody writes to a file any more


class Source(msgspec.Struct, array_like=True):
    """The state of a file after a read; `going` is the context for its next lines.

    `is_finished`: it was read as a file to which nobody writes, with an unterminated last line.
    `ends`: the time of the last request of each session in it, in epoch seconds, by its hash.
    `gave_at`: its time when it last gave a request; 0: it never did. `unread`: its lines with
    tokens of a kind that is not read. `fault`: why nothing of it could be read. `left`: why there
    was nothing to read yet, or not here.
    """

    size: int
    mtime_ns: int
    offset: int = 0
    head: int = 0
    head_bytes: int = 0
    mark: int = 0
    going: list[Any] = []
    is_finished: bool = False
    ends: dict[int, float] = {}
    gave_at: int = 0
    unread: int = 0
    fault: str = ""
    left: Left = ""


class Remembered(msgspec.Struct, array_like=True):
    """The file of all sources. A change of `feed`, a hash of the declaration, reads all again.

    `rivals` are pairs of sessions with common requests, which the book gives to the first.
    """

    form: int = 0
    feed: int = 0
    sources: dict[str, Source] = {}
    rivals: list[tuple[int, int]] = []

    def ends(self) -> dict[int, float]:
        """The time of the last request of each session."""
        ends: dict[int, float] = {}
        for source in self.sources.values():
            for session, end in source.ends.items():
                ends[session] = max(end, ends.get(session, end))
        return ends


class Log:
    """A file that exists; `root` is the agent's folder that it is in.

    `form`: the feed, or its table `older`, whose pattern the file matches; None: no pattern was
    used. `project`: the one whose requests are in the file, if a list shows it.
    """

    __slots__ = ("form", "mtime_ns", "path", "project", "root", "size")

    def __init__(
        self,
        path: str,
        size: int,
        mtime_ns: int,
        root: str | None = None,
        form: LogFeed | Older | Otlp | None = None,
        project: str | None = None,
    ) -> None:
        self.path, self.size, self.mtime_ns, self.root = path, size, mtime_ns, root
        self.form, self.project = form, project

    def is_finished(self, now: float) -> bool:
        """Whether nobody has written to it for a while; `now` in epoch seconds."""
        return now - self.mtime_ns / 1e9 >= FINISHED

    def is_as(self, source: Source | None) -> bool:
        """Whether it is as it was when it was read."""
        return source is not None and (source.size, source.mtime_ns) == (self.size, self.mtime_ns)


def named(path: str) -> str:
    """The name of a file that was read, for people: stdin has no path."""
    return "stdin" if path.startswith(NAMELESS) else path


def roots(feed: LogFeed) -> list[str]:
    """The directories in which the feed's patterns are searched; of `also`, those that exist."""
    return [*dict.fromkeys([*existing(named_roots(feed) or feed.roots), *_further(feed)])]


def declared_roots(feed: LogFeed) -> list[str]:
    """The directories as the environment or the feed declares them, with their links.

    Where a name has `*`, only those that exist, or that cannot be searched for one.
    """
    further = matching(feed.also.roots) if feed.also else []
    return [*matching(named_roots(feed) or feed.roots), *further]


def named_roots(feed: LogFeed) -> list[str]:
    """The directories that the feed's environment variable names; none if it is not set."""
    value = os.environ.get(feed.environment, "") if feed.environment else ""
    return [part.strip() for part in value.split(",") if part.strip()]


def _further(feed: LogFeed) -> list[str]:
    return [*filter(search.is_folder, existing(feed.also.roots))] if feed.also else []


class _Searched(NamedTuple):
    """A pattern that is searched in a folder, which the root is or lists."""

    root: str
    folder: Folder
    form: LogFeed | Older | Otlp
    pattern: str


def _searched(feed: LogFeed, faults: search.Faults | None) -> Iterator[_Searched]:
    """Each directory of a feed with each pattern that is searched there, and its form."""
    further = _further(feed)
    for root in roots(feed):
        is_further = root in further
        folders = [Folder(root)]
        if feed.listed:
            folders = listed.folders(root, feed.listed, faults)
        for folder, form in product(folders, [feed] if is_further else forms(feed)):
            for pattern in feed.also.files if feed.also and is_further else form.files:
                yield _Searched(root, folder, form, pattern)


def logs(feed: LogFeed, faults: search.Faults | None = None) -> list[Log]:
    """The feed's files, oldest first; of two patterns with one file the first.

    `faults` gets the folders that cannot be searched, by path.
    """
    files: dict[str, Log] = {}
    for root, folder, form, pattern in _searched(feed, faults):
        for path, status, is_linked in search.matching(folder.path, pattern, faults):
            real = os.path.realpath(path) if is_linked else path
            size, mtime_ns = status.st_size, status.st_mtime_ns
            if form.format == "sqlite":
                size, mtime_ns = _with_wal(real, size, mtime_ns)
            files.setdefault(real, Log(real, size, mtime_ns, root, form, folder.project))
    return sorted(files.values(), key=lambda log: (log.mtime_ns, log.path))


def forms(feed: LogFeed) -> "list[LogFeed | Older | Otlp]":
    """The forms of a feed's files: its own, the older one, and the OpenTelemetry export."""
    return [feed, *(form for form in (feed.older, feed.otlp) if form is not None)]


def _with_wal(path: str, size: int, mtime_ns: int) -> tuple[int, int]:
    """The size and time of a database with its write-ahead log, where its newest rows are."""
    try:
        status = os.stat(path + WAL)
    except OSError:
        return size, mtime_ns
    # A reader may create the log; empty, it has nothing.
    return size + status.st_size, max(mtime_ns, status.st_mtime_ns if status.st_size else 0)


def path_of(root: str, feed: str) -> RootedPath:
    """The file with the sources of a feed."""
    return RootedPath(root, f"cache/{feed}.sources")


def remembered(root: str, name: str, feed: LogFeed) -> Remembered:
    """What is known of the feed's files; nothing if the feed's declaration changed."""
    try:
        data = path_of(root, name).read()
        saved = msgspec.msgpack.decode(data, type=Remembered) if data else Remembered()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Remembered()
    return saved if (saved.form, saved.feed) == (FORM, _hash(feed)) else Remembered()


def remember(root: str, name: str, feed: LogFeed, known: Remembered) -> None:
    """Save what is known, once the rows are durable."""
    known.form, known.feed = FORM, _hash(feed)
    data = msgspec.msgpack.encode(known)
    try:
        path_of(root, name).replace(data, durable=False)
    except (OSError, IOFault):
        return  # then the files are read again


def _hash(feed: LogFeed) -> int:
    return xxh3_64_intdigest(msgspec.msgpack.encode(feed))


def begin(handle: int, source: Source | None) -> int:
    """The offset to read an open file from: its source's, or 0 if it is another file."""
    if source is None or not source.offset or os.fstat(handle).st_size < source.offset:
        return 0
    head = os.pread(handle, source.head_bytes, 0)
    if xxh3_64_intdigest(head) != source.head or mark_of(handle, source.offset) != source.mark:
        return 0
    return source.offset


def head_of(handle: int, offset: int) -> tuple[int, int]:
    """The hash and length of the first line of a file that was read up to `offset`."""
    head = os.pread(handle, min(_HEAD, offset), 0)
    head = head[: head.find(b"\n") + 1] or head
    return xxh3_64_intdigest(head), len(head)


def mark_of(handle: int, offset: int) -> int:
    """The hash of the bytes before `offset`."""
    start = max(0, offset - _MARK)
    return xxh3_64_intdigest(os.pread(handle, offset - start, start))
