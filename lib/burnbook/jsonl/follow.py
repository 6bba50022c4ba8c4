"""How far a feed's own file was read. The file is recognized by its content, not by its name.

A log may be rotated (renamed, and a new one started), truncated (copied, then emptied) or
rewritten. The cursor stores hashes of the file's beginning and of the bytes before its offset. If
both match, reading continues there. Otherwise the rest of the old file is searched among the files
beside the log, and the log is read from its start. A file beside the log is also read if it changed
since the last call. Reading too much is harmless: a booked row is a duplicate.
"""

import os
import re

import msgspec
from xxhash import xxh3_128_hexdigest

from burnbook.base.rooted_path import RootedPath

OLD_FOLDER = "feeds"
_HEAD = 1024
_MARK = 1024  # several lines: a single one may end like any other
_PACKED = (".gz", ".bz2", ".xz", ".zst")  # complete before they were compressed, so not opened


Status = tuple[int, int, int]  # inode, bytes, time of the last change in ns: renamed, it stays


class Cursor(msgspec.Struct, frozen=True):
    """state/.feeds/<feed>.json."""

    file: str = ""
    head: str = ""
    head_bytes: int = 0
    mark: str = ""
    offset: int = 0
    lines: int = 0
    beside: list[Status] = []


class Part(msgspec.Struct, frozen=True):
    """A part of a file to read: from `offset`, where line `number` starts."""

    path: str
    offset: int
    number: int


def path_of(root: str, feed: str) -> RootedPath:
    """The file of a feed's cursor. No id begins with a dot, so no agent has this directory."""
    return RootedPath(root, f"state/.feeds/{feed}.json")


def old_path_of(root: str, feed: str) -> RootedPath:
    """The file in version 0.1.0: among the states of an agent named `feeds`."""
    return RootedPath(root, f"state/{OLD_FOLDER}/{feed}.json")


def load(root: str, feed: str) -> Cursor:
    """The cursor of a feed; at the start if there is none, or it cannot be read."""
    return read(path_of(root, feed)) or read(old_path_of(root, feed)) or Cursor()


def read(path: RootedPath) -> Cursor | None:
    """The cursor in a file; None if there is none, or it cannot be read."""
    try:
        data = path.read()
        cursor = msgspec.json.decode(data, type=Cursor) if data else Cursor()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return cursor if cursor.file else None


def save(root: str, feed: str, cursor: Cursor) -> None:
    """Save a cursor, once the rows before it are durable."""
    data = msgspec.json.format(msgspec.json.encode(cursor)) + b"\n"
    path_of(root, feed).replace(data)


def keep_old(root: str, feed: str) -> None:
    """Move the cursor out of the old file before a state replaces that file."""
    old = read(old_path_of(root, feed))
    if old is not None and read(path_of(root, feed)) is None:
        save(root, feed, old)


def at(path: str, offset: int, lines: int) -> Cursor:
    """The cursor of a file that was read up to `offset`, after `lines` lines."""
    with open(path, "rb") as file:
        head = file.read(min(_HEAD, offset))
        file.seek(max(0, offset - _MARK))
        mark = file.read(offset - file.tell())
    return Cursor(os.path.abspath(path), _hash(head), len(head), _hash(mark), offset, lines)


class Trail:
    """The parts of files to read, in order, to reach the end of `path`.

    First the rest of older files, then the log itself. Between two calls a log may be rotated more
    than once. The first call reads the log alone: the files beside it are older.
    """

    def __init__(self, root: str, feed: str, path: str) -> None:
        self.root, self.feed = root, feed
        cursor = load(root, feed)
        beside = {other: _status(other) for other in _beside(path)}
        known = set(cursor.beside if cursor.offset else beside.values())
        self._known = known & set(beside.values())
        self._beside = beside
        own, old = Part(path, 0, 1), None
        if cursor.offset and _is(cursor, path):
            own = Part(path, cursor.offset, cursor.lines + 1)
        elif cursor.offset:
            old = next((other for other in beside if _is(cursor, other)), None)
        new = [other for other, status in beside.items() if other != old and status not in known]
        self.parts = [Part(old, cursor.offset, cursor.lines + 1)] if old else []
        for other in sorted(new, key=lambda other: beside[other][2]):
            is_copy = cursor.offset and not old and _is(cursor, other)
            self.parts.append(Part(other, own.offset, own.number) if is_copy else Part(other, 0, 1))
        if os.path.isfile(path):
            self.parts.append(own)

    def done(self, part: Part, end: int, lines: int) -> None:
        """Save that a part was read up to `end`, after `lines` lines of its file."""
        if part.path in self._beside:
            self._known.add(self._beside[part.path])
        if end:
            known = msgspec.structs.replace(at(part.path, end, lines), beside=sorted(self._known))
            save(self.root, self.feed, known)


def _status(path: str) -> Status:
    try:
        status = os.stat(path)
    except OSError:
        return 0, 0, 0
    return status.st_ino, status.st_size, status.st_mtime_ns


def _is(cursor: Cursor, path: str) -> bool:
    try:
        if os.stat(path).st_size < cursor.offset:
            return False
        with open(path, "rb") as file:
            if _hash(file.read(cursor.head_bytes)) != cursor.head:
                return False
            file.seek(max(0, cursor.offset - _MARK))
            return _hash(file.read(cursor.offset - file.tell())) == cursor.mark
    except OSError:
        return False


def _beside(path: str) -> list[str]:
    """Files of the folder that are named after the log: usage.jsonl.1, usage-1122.jsonl."""
    folder, name = os.path.split(path)
    stem, ending = os.path.splitext(name)
    try:
        names = os.listdir(folder or os.curdir)
    except OSError:
        return []
    dated = re.compile(re.escape(stem) + r"[.-][\w.-]+" + re.escape(ending))
    numbered = re.compile(re.escape(name) + r"[.-][\w.-]+")
    beside = [n for n in names if dated.fullmatch(n) or numbered.fullmatch(n)]
    paths = [os.path.join(folder, n) for n in sorted(beside) if not n.endswith(_PACKED)]
    return [path for path in paths if os.path.isfile(path)]  # a FIFO would never be read


def _hash(data: bytes) -> str:
    return xxh3_128_hexdigest(data)
