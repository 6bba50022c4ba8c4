"""How far a feed's own file was read: known again by its content, not by its name.

A log is rotated (renamed, a new one begun), truncated (copied aside, then emptied) or rewritten.
The cursor keeps the beginning of the file and what stood just before the offset, both as hashes.
Where they are there, reading goes on behind them; where they are not, the rest of the old file is
looked for beside the new one, and the new one is read from its start. Reading too much does no
harm: a row that is booked is a duplicate.
"""

import os
import re

import msgspec
from xxhash import xxh3_128_hexdigest

from burnbook import files

_HEAD = 1024
_MARK = 64
_PACKED = (".gz", ".bz2", ".xz", ".zst")  # what was packed was whole before, and is not opened


class Cursor(msgspec.Struct, frozen=True):
    """state/feeds/<feed>.json."""

    file: str = ""
    head: str = ""
    head_bytes: int = 0
    mark: str = ""
    offset: int = 0
    lines: int = 0


class Part(msgspec.Struct, frozen=True):
    """A stretch of a file that is to be read: from `offset`, whose first line is `number`."""

    path: str
    offset: int
    number: int


def path_of(root: str, feed: str) -> str:
    """Where the cursor of a feed is."""
    return os.path.join(root, "state", "feeds", f"{feed}.json")


def load(root: str, feed: str) -> Cursor:
    """The cursor of a feed; at the start where there is none, or none that can be read."""
    try:
        data = files.read_bytes(path_of(root, feed))
        return msgspec.json.decode(data, type=Cursor) if data else Cursor()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Cursor()


def save(root: str, feed: str, cursor: Cursor) -> None:
    """Keep a cursor, once the rows before it are durable."""
    data = msgspec.json.format(msgspec.json.encode(cursor)) + b"\n"
    files.replace(path_of(root, feed), data)


def at(path: str, offset: int, lines: int) -> Cursor:
    """The cursor of a file that was read up to `offset`, which is `lines` lines."""
    with open(path, "rb") as file:
        head = file.read(min(_HEAD, offset))
        file.seek(max(0, offset - _MARK))
        mark = file.read(offset - file.tell())
    return Cursor(os.path.abspath(path), _hash(head), len(head), _hash(mark), offset, lines)


def parts(root: str, feed: str, path: str) -> list[Part]:
    """What is to be read to know `path` to its end: what is left of older files, then its own.

    Between two calls a log may have been rotated more than once: every file beside it that was
    written to since counts.
    """
    cursor = load(root, feed)
    if not cursor.offset:
        return [Part(path, 0, 1)] if os.path.exists(path) else []
    if _is(cursor, path):
        return [Part(path, cursor.offset, cursor.lines + 1)]
    beside = _beside(path)
    old = next((other for other in beside if _is(cursor, other)), None)
    since = _written(old or path_of(root, feed))
    newer = [other for other in beside if other != old and _written(other) >= since]
    found = [Part(old, cursor.offset, cursor.lines + 1)] if old else []
    found += [Part(other, 0, 1) for other in sorted(newer, key=_written)]
    return [*found, *([Part(path, 0, 1)] if os.path.exists(path) else [])]


def _written(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


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
    return [os.path.join(folder, n) for n in sorted(beside) if not n.endswith(_PACKED)]


def _hash(data: bytes) -> str:
    return xxh3_128_hexdigest(data)
