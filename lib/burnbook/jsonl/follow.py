"""How far a feed's own file was read: known again by its content, not by its name.

A log is rotated (renamed, a new one begun), truncated (copied aside, then emptied) or rewritten.
The cursor keeps the beginning of the file and what stood just before the offset, both as hashes.
Where they are there, reading goes on behind them; where they are not, the rest of the old file is
looked for beside the new one, and the new one is read from its start. A file beside it is read
where it is not as it was at the last call: whoever has it open still writes there. Reading too much
does no harm: a row that is booked is a duplicate.
"""

import os
import re

import msgspec
from xxhash import xxh3_128_hexdigest

from burnbook.base.rooted_path import RootedPath

OLD_FOLDER = "feeds"
_HEAD = 1024
_MARK = 1024  # several lines: the end of one alone may be that of any other
_PACKED = (".gz", ".bz2", ".xz", ".zst")  # what was packed was whole before, and is not opened


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
    """A stretch of a file that is to be read: from `offset`, whose first line is `number`."""

    path: str
    offset: int
    number: int


def path_of(root: str, feed: str) -> RootedPath:
    """Where the cursor of a feed is. No id begins with a dot, so no agent has this directory."""
    return RootedPath(root, f"state/.feeds/{feed}.json")


def old_path_of(root: str, feed: str) -> RootedPath:
    """Where version 0.1.0 kept it: among the states of an agent named `feeds`."""
    return RootedPath(root, f"state/{OLD_FOLDER}/{feed}.json")


def load(root: str, feed: str) -> Cursor:
    """The cursor of a feed; at the start where there is none, or none that can be read."""
    return read(path_of(root, feed)) or read(old_path_of(root, feed)) or Cursor()


def read(path: RootedPath) -> Cursor | None:
    """The cursor in a file; None where there is none, or none that can be read."""
    try:
        data = path.read()
        cursor = msgspec.json.decode(data, type=Cursor) if data else Cursor()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return cursor if cursor.file else None


def save(root: str, feed: str, cursor: Cursor) -> None:
    """Keep a cursor, once the rows before it are durable."""
    data = msgspec.json.format(msgspec.json.encode(cursor)) + b"\n"
    path_of(root, feed).replace(data)


def keep_old(root: str, feed: str) -> None:
    """Before a state takes the old file's place: keep the cursor that is in it."""
    old = read(old_path_of(root, feed))
    if old is not None and read(path_of(root, feed)) is None:
        save(root, feed, old)


def at(path: str, offset: int, lines: int) -> Cursor:
    """The cursor of a file that was read up to `offset`, which is `lines` lines."""
    with open(path, "rb") as file:
        head = file.read(min(_HEAD, offset))
        file.seek(max(0, offset - _MARK))
        mark = file.read(offset - file.tell())
    return Cursor(os.path.abspath(path), _hash(head), len(head), _hash(mark), offset, lines)


class Trail:
    """What is to be read to know `path` to its end: `parts`, in their order.

    That is what is left of older files, then its own. Between two calls a log may have been
    rotated more than once. The first call reads the log alone: what lies beside it is of before.
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
        """Keep that a part was read up to `end`, which is `lines` lines of its file."""
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
    found = [os.path.join(folder, n) for n in sorted(beside) if not n.endswith(_PACKED)]
    return [place for place in found if os.path.isfile(place)]  # a FIFO would never be read


def _hash(data: bytes) -> str:
    return xxh3_128_hexdigest(data)
