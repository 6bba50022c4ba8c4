"""The log files of a feed, and how far each was read.

The offsets are in `cache/` and may be deleted: requests that are read again are duplicates. A file
that was only appended to is read from its offset. A file whose first line or last-read bytes
changed is read from the start.
"""

import os
from typing import Literal

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.config.agent_logs import LogFeed, Older, Otlp
from burnbook.jsonl.folders import search
from burnbook.jsonl.folders.declared import existing, matching

_HEAD = 1024
NAMELESS = "/dev/fd/"
"""The folder of a file without a name, which has what was on stdin."""
WAL = "-wal"
"""The end of the name of a database's write-ahead log."""
_MARK = 1024  # several lines: the end of one alone may be that of any other
# A document is a stub if its requests are elsewhere, and unfinished while it is written.
Left = Literal["", "stub", "unfinished"]
NOTHING = msgspec.Raw(msgspec.msgpack.encode([]))
"""No context for the next lines."""
NOT_READ = -1
"""The size of a file that could not be read, so that the next call tries again."""
FINISHED = 600.0  # seconds without a change after which nobody writes to a file any more


class Source(msgspec.Struct, array_like=True):
    """The state of a file after a read; `going` is the context for its next lines, encoded.

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
    going: msgspec.Raw = NOTHING
    is_finished: bool = False
    ends: dict[int, float] = {}
    gave_at: int = 0
    unread: int = 0
    fault: str = ""
    left: Left = ""


encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Source).decode


def encoded(source: Source) -> msgspec.Raw:
    """A state as it is saved. The states of 100,000 files take 25 MB so, and as objects 130 MB."""
    return msgspec.Raw(encode(source))


def decoded(state: msgspec.Raw) -> Source:
    """An encoded state; if it is damaged, that of a file that was not read."""
    try:
        return _decode(state)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Source(NOT_READ, 0)


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


def is_finished_at(mtime_ns: int, now: float) -> bool:
    """Whether nobody has written to a file for a while at a time in epoch seconds."""
    return now - mtime_ns / 1e9 >= FINISHED


def named(path: str) -> str:
    """The name of a file that was read, for people: stdin has no path."""
    return "stdin" if path.startswith(NAMELESS) else path


def roots(feed: LogFeed) -> list[str]:
    """The directories in which the feed's patterns are searched; of `also`, those that exist."""
    return [*dict.fromkeys([*existing(named_roots(feed) or feed.roots), *further_roots(feed)])]


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


def further_roots(feed: LogFeed) -> list[str]:
    """The directories of `also` that exist."""
    return [*filter(search.is_folder, existing(feed.also.roots))] if feed.also else []


def forms(feed: LogFeed) -> "list[LogFeed | Older | Otlp]":
    """The forms of a feed's files: its own, the older one, and the OpenTelemetry export."""
    return [feed, *(form for form in (feed.older, feed.otlp) if form is not None)]


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
