"""The files of a feed, and how far each was read.

What is remembered of a file is kept in `cache/`, and may be deleted: what is read again is known by
the keys of its requests. A file that was only appended to is read from where it was left; one that
is another in its first line, or just before that place, from its start.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from fnmatch import translate
from typing import Any

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.config.agent_logs import LogFeed

_HEAD = 1024
_MARK = 1024  # several lines: the end of one alone may be that of any other
FORM = 1


class Source(msgspec.Struct, array_like=True):
    """What is remembered of a file; `going` is what the lines so far say of the next ones."""

    size: int
    mtime_ns: int
    offset: int = 0
    head: int = 0
    head_bytes: int = 0
    mark: int = 0
    going: list[Any] = []


class Remembered(msgspec.Struct, array_like=True):
    """The file of all sources. `feed` is the feed's declaration as it was: another reads anew."""

    form: int = 0
    feed: int = 0
    sources: dict[str, Source] = {}


class Log:
    """A file that is there."""

    __slots__ = ("mtime_ns", "path", "size")

    def __init__(self, path: str, size: int, mtime_ns: int) -> None:
        self.path, self.size, self.mtime_ns = path, size, mtime_ns


def roots(feed: LogFeed) -> list[str]:
    """The folders in which the feed's patterns are looked for."""
    named = os.environ.get(feed.environment, "") if feed.environment else ""
    told = [part.strip() for part in named.split(",") if part.strip()] or feed.roots
    found = [os.path.realpath(os.path.expanduser(root)) for root in told]
    return list(dict.fromkeys(found))


def logs(feed: LogFeed) -> list[Log]:
    """The feed's files, oldest first; of two names of one file the first."""
    found: dict[str, Log] = {}
    for root in roots(feed):
        for pattern in feed.files:
            fixed, rest = _split(pattern)
            match = re.compile(_regex(rest)).fullmatch
            base = os.path.join(root, fixed) if fixed else root
            for log in _below(base, "/" in rest):
                if match(log.path[len(base) + 1 :]):
                    found.setdefault(log.path, log)
    return sorted(found.values(), key=lambda log: (log.mtime_ns, log.path))


def _split(pattern: str) -> tuple[str, str]:
    """The folders that a pattern names plainly, and the rest of it."""
    parts = pattern.split("/")
    plain = 0
    while plain < len(parts) - 1 and not set(parts[plain]) & set("*?["):
        plain += 1
    return "/".join(parts[:plain]), "/".join(parts[plain:])


def _regex(pattern: str) -> str:
    """A pattern as a regular expression: `**` is any number of folders, `*` stays in a name."""
    made = []
    for part in pattern.split("/"):
        if part == "**":
            made.append("(?:[^/]+/)*")
        else:
            inner = translate(part).removeprefix("(?s:").removesuffix(r")\Z")
            made.append(inner.replace(".*", "[^/]*") + "/")
    return "".join(made).removesuffix("/")


def _below(base: str, deep: bool) -> Iterator[Log]:
    waiting = [base]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    try:
                        if entry.is_dir(follow_symlinks=False):
                            if deep:
                                waiting.append(entry.path)
                        elif entry.is_file():
                            status = entry.stat()
                            yield Log(entry.path, status.st_size, status.st_mtime_ns)
                    except OSError as error:
                        _passed_over(error)
        except OSError as error:
            _passed_over(error)


def is_folder(path: str) -> bool:
    """Whether there is a folder to look in. Raises IOFault where the disk does not tell."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except OSError as error:
        _passed_over(error)
        return False


def _passed_over(error: OSError) -> None:
    """Nothing, where a file went away or nobody may look at it; any other error is told."""
    if error.errno not in (errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ELOOP):
        raise IOFault(os_sentence("cannot look for logs", error)) from None


def path_of(root: str, feed: str) -> RootedPath:
    """Where the sources of a feed are remembered."""
    return RootedPath(root, f"cache/{feed}.sources")


def remembered(root: str, name: str, feed: LogFeed) -> dict[str, Source]:
    """What is remembered of the feed's files; nothing where the feed was declared otherwise."""
    try:
        data = path_of(root, name).read()
        found = msgspec.msgpack.decode(data, type=Remembered) if data else Remembered()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return found.sources if (found.form, found.feed) == (FORM, _told(feed)) else {}


def remember(root: str, name: str, feed: LogFeed, sources: dict[str, Source]) -> None:
    """Keep what is known, once the rows of it are durable."""
    data = msgspec.msgpack.encode(Remembered(FORM, _told(feed), sources))
    try:
        path_of(root, name).replace(data, durable=False)
    except (OSError, IOFault):
        return  # then it is read again


def _told(feed: LogFeed) -> int:
    return xxh3_64_intdigest(msgspec.msgpack.encode(feed))


def begin(handle: int, source: Source | None) -> int:
    """Where to read an open file from: its source's offset, or 0 where it is not that file."""
    if source is None or not source.offset or os.fstat(handle).st_size < source.offset:
        return 0
    head = os.pread(handle, source.head_bytes, 0)
    if xxh3_64_intdigest(head) != source.head or mark_of(handle, source.offset) != source.mark:
        return 0
    return source.offset


def head_of(handle: int, offset: int) -> tuple[int, int]:
    """The fingerprint of a file that was read up to `offset`: of its first line, and how long."""
    head = os.pread(handle, min(_HEAD, offset), 0)
    head = head[: head.find(b"\n") + 1] or head
    return xxh3_64_intdigest(head), len(head)


def mark_of(handle: int, offset: int) -> int:
    """The fingerprint of what stands before `offset`."""
    start = max(0, offset - _MARK)
    return xxh3_64_intdigest(os.pread(handle, offset - start, start))
