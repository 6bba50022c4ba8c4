"""What reads of a feed's files gave, in `cache/FEED.sources`.

The file may be deleted: requests that are read again are duplicates. It begins with an index, which
has a digest of the names, sizes and times in each folder. Where a folder has the same digest now,
nothing else is read of the file. The records of the folders follow, and the ends of sessions.
"""

import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.config.agent_logs import LogFeed
from burnbook.jsonl.known.listing import Listing, digest
from burnbook.jsonl.sources import Source, decoded

FORM = 7
IDLE = 7 * 86_400_000_000_000  # ns without a request, after which a file that changes is reported
_NEVER = (1 << 63) - 1
_LENGTH = 8  # bytes before the index, with its length

States = dict[bytes, msgspec.Raw]  # of the files in a folder, encoded, by name
Ends = dict[int, float]
"""The time of the last request of each session, in epoch seconds, by its hash."""


class Summary(msgspec.Struct, array_like=True, gc=False):
    """What the files that a folder has now gave.

    `digest` is 0 if one of them changed since, `unread` the number of those never read. `gave_at`
    is the time of the newest with a request, in ns; `unfinished` that of the oldest that was read
    while it was written. `notable` has the files to report about, by number: those with a fault,
    and those that may be without requests for too long. `start` and `stop` are those of the record.
    """

    digest: int = 0
    unread: int = 0
    gave_at: int = 0
    unfinished: int = _NEVER
    notable: dict[int, Source] | None = None
    start: int = 0
    stop: int = 0


class _Index(msgspec.Struct, array_like=True):
    """A change of `feed`, a hash of the declaration, reads all again.

    `rivals` are pairs of sessions with common requests, which the book gives to the first. `rest`:
    the bytes after the index.
    """

    form: int = FORM
    feed: int = 0
    rest: int = 0
    rivals: list[tuple[int, int]] = []
    folders: dict[bytes, Summary] = {}


class Remembered:
    """What is known of a feed's files. The records of folders are read when they are needed."""

    def __init__(self, index: _Index | None = None, handle: int = -1, start: int = 0) -> None:
        self._index, self._handle, self._start = index or _Index(), handle, start
        self._sources: dict[bytes, States] = {}  # those that were needed
        self._ends: Ends | None = None
        self.rivals = self._index.rivals

    def __bool__(self) -> bool:
        return bool(self._index.folders or self._sources)

    def summary(self, folder: str) -> Summary | None:
        """What is known of a folder; None if nothing is."""
        return self._index.folders.get(os.fsencode(folder))

    def sources(self, folder: str) -> States:
        """The files of a folder that were ever read, by name."""
        return self._of(os.fsencode(folder))

    def is_needed(self, folder: str) -> bool:
        """Whether the files of a folder were asked for, or changed."""
        return os.fsencode(folder) in self._sources

    def update(self, states: Mapping[str, msgspec.Raw]) -> None:
        """Note what reads of files gave, by their paths."""
        ends, is_lost = self.ends(), False
        for path, state in states.items():
            folder, _, name = os.fsencode(path).rpartition(b"/")
            known, source = self._of(folder), decoded(state)
            before, known[name] = known.get(name), state
            for session, end in source.ends.items():
                ends[session] = max(end, ends.get(session, end))
            if before is not None and before is not state:
                earlier = decoded(before).ends.items()
                is_lost |= any(source.ends.get(session, -1.0) < end for session, end in earlier)
        if is_lost:  # a file is another one now
            self._ends = _joined(source for _, source in self.all())

    def all(self) -> Iterator[tuple[str, Source]]:
        """Every file that was ever read, and its path."""
        for folder in self._folders():
            for name, state in self._of(folder).items():
                yield os.fsdecode(os.path.join(folder, name)), decoded(state)

    def ends(self) -> Ends:
        """The time of the last request of each session."""
        if self._ends is None:
            start = max((each.stop for each in self._index.folders.values()), default=0)
            columns = self._read(start, None)
            half = len(columns) // 16 * 8
            keys, ends = array("q", columns[:half]), array("d", columns[half : 2 * half])
            self._ends = dict(zip(keys, ends, strict=True))
        return self._ends

    def settle(self, folder: str, several: Sequence[Listing]) -> Summary:
        """Sum up what the files of a folder gave, and note it."""
        key = os.fsencode(folder)
        before = self._index.folders.get(key, Summary())
        summary = summed_up(several, self._of(key))
        summary.start, summary.stop = before.start, before.stop
        self._index.folders[key] = summary
        return summary

    def encoded(self, feed: int) -> bytes:
        """The bytes of the file."""
        ends, records, start = self.ends(), [], 0
        for folder in self._folders():
            summary = self._index.folders.setdefault(folder, Summary())
            if folder in self._sources:
                record = msgspec.msgpack.encode(self._sources[folder])
            else:
                record = self._read(summary.start, summary.stop)
            records.append(record)
            summary.start, summary.stop = start, start + len(record)
            start = summary.stop
        columns = array("q", ends).tobytes() + array("d", ends.values()).tobytes()
        self._index.feed, self._index.rivals = feed, self.rivals
        self._index.rest = start + len(columns)
        index = msgspec.msgpack.encode(self._index)
        return b"".join([len(index).to_bytes(_LENGTH, "little"), index, *records, columns])

    def _folders(self) -> list[bytes]:
        return [*dict.fromkeys((*self._index.folders, *self._sources))]

    def _of(self, folder: bytes) -> States:
        """The files of a folder. If its record is damaged, they are as if never read."""
        if folder not in self._sources:
            known, summary = {}, self._index.folders.get(folder)
            if summary is not None and summary.stop > summary.start:
                with suppress(msgspec.DecodeError):
                    data = self._read(summary.start, summary.stop)
                    known = msgspec.msgpack.decode(data, type=States)
            self._sources[folder] = known
        return self._sources[folder]

    def _read(self, start: int, stop: int | None) -> bytes:
        """The bytes of a part of the file; `start` and `stop` count from the end of the index."""
        if self._handle < 0:
            return b""
        size = os.fstat(self._handle).st_size - self._start if stop is None else stop
        return os.pread(self._handle, max(size - start, 0), self._start + start)


def summed_up(several: Sequence[Listing], known: States) -> Summary:
    """What the files of a folder gave."""
    summary, notable, number, is_same = Summary(), {}, 0, True
    silent: list[tuple[int, int, Source]] = []
    for listing in several:
        stats = listing.stats
        for at, name in enumerate(os.fsencode(listing.joined).split(b"\0")):
            size, mtime_ns = stats[2 * at], stats[2 * at + 1]
            state = known.get(name)
            if state is None:
                summary.unread, is_same = summary.unread + 1, False
            else:
                source = decoded(state)
                is_same = is_same and source.size == size and source.mtime_ns == mtime_ns
                summary.gave_at = max(summary.gave_at, source.gave_at)
                if not source.is_finished:
                    summary.unfinished = min(summary.unfinished, mtime_ns)
                if source.fault or source.left or source.unread:
                    notable[number] = source
                elif not source.gave_at:
                    silent.append((number, mtime_ns, source))
                elif mtime_ns - source.gave_at >= IDLE:
                    notable[number] = source
            number += 1
    # An older file without a request is of no interest.
    notable |= {number: source for number, at, source in silent if at >= summary.gave_at}
    summary.notable, summary.digest = notable or None, digest(several) if is_same else 0
    return summary


def _joined(sources: Iterator[Source]) -> Ends:
    """The time of the last request of each session in files."""
    ends: Ends = {}
    for source in sources:
        for session, end in source.ends.items():
            ends[session] = max(end, ends.get(session, end))
    return ends


def path_of(root: str, feed: str) -> RootedPath:
    """The file with what is known of a feed's files."""
    return RootedPath(root, f"cache/{feed}.sources")


@contextmanager
def opened(root: str, name: str, feed: LogFeed) -> Iterator[Remembered]:
    """What is known of the feed's files; nothing if the feed's declaration changed."""
    try:
        handle = path_of(root, name).open(os.O_RDONLY)
    except OSError:
        yield Remembered()
        return
    try:
        yield _decoded(handle, hash_of(feed)) or Remembered()
    finally:
        os.close(handle)


def _decoded(handle: int, feed: int) -> Remembered | None:
    """What a file has; None if it is damaged, or of another form or declaration."""
    try:
        size = os.fstat(handle).st_size
        length = int.from_bytes(os.pread(handle, _LENGTH, 0), "little")
        start = _LENGTH + length
        data = os.pread(handle, length, _LENGTH) if start <= size else b""
        index = msgspec.msgpack.decode(data, type=_Index)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    expected = (FORM, feed, size - start)
    is_same = (index.form, index.feed, index.rest) == expected
    return Remembered(index, handle, start) if is_same else None


def save(root: str, name: str, feed: LogFeed, known: Remembered) -> None:
    """Save what is known, once the rows are durable."""
    with suppress(OSError, IOFault):  # without it, the files are read again
        path_of(root, name).replace(known.encoded(hash_of(feed)), durable=False)


def hash_of(feed: LogFeed) -> int:
    """A hash of a feed's declaration."""
    return xxh3_64_intdigest(msgspec.msgpack.encode(feed))
