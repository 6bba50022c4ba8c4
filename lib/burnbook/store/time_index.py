"""Where the rows of some time are in a journal: its blocks, with their first and last moments.

A journal is mostly in the order of time, so that the rows of minutes are in a block or two. Blocks
that are appended one after another become one while they are small.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from itertools import accumulate
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal

if TYPE_CHECKING:
    from sqlite3 import Connection

ROWS = 512
"""The rows of a block."""
_SMALL = 1 << 17  # bytes


class Block(NamedTuple):
    """The rows of a block: the offset of the first line, one within the last line, and their first
    and last moments in epoch seconds.
    """

    offset: int
    last: int
    first_at: float
    last_at: float


def table(name: str) -> str:
    """The statement that creates the table of a projection."""
    return (
        f"CREATE TABLE {name}_blocks (offset INTEGER PRIMARY KEY, last INTEGER NOT NULL,"
        " first_at INTEGER NOT NULL, last_at INTEGER NOT NULL)"
    )


def add(database: "Connection", name: str, blocks: Iterable[Block]) -> None:
    """Add the blocks of a part of the journal."""
    rows: list[list[int]] = []
    newest = database.execute(f"SELECT * FROM {name}_blocks ORDER BY offset DESC LIMIT 1")
    current = next(map(list, newest), None)
    for block in sorted(blocks):
        first, last = floor(block.first_at), ceil(block.last_at)
        if current and block.offset > current[1] and block.last - current[0] < _SMALL:
            current[1:] = [block.last, min(first, current[2]), max(last, current[3])]
        else:
            if current:
                rows.append(current)
            current = [block.offset, block.last, first, last]
    if current:
        rows.append(current)
    database.executemany(f"INSERT OR REPLACE INTO {name}_blocks VALUES (?, ?, ?, ?)", rows)


def blocks_of(
    offsets: Sequence[int], first: Sequence[datetime], last: Sequence[datetime]
) -> list[Block]:
    """The blocks of rows in the order of the journal: offset, first and last moment of each."""
    result = []
    for start in range(0, len(offsets), ROWS):
        rows = slice(start, start + ROWS)
        moments = min(first[rows]).timestamp(), max(last[rows]).timestamp()
        result.append(Block(offsets[start], offsets[rows][-1], *moments))
    return result


def blocks(
    database: "Connection", name: str, ranges: Iterable[tuple[datetime, datetime]]
) -> list[tuple[int, int]]:
    """The (offset, last) of the blocks that may have rows in the ranges of time, in order."""
    in_time: set[tuple[int, int]] = set()
    for start, end in ranges:
        in_time.update(
            database.execute(
                f"SELECT offset, last FROM {name}_blocks WHERE last_at >= ? AND first_at <= ?",
                (floor(start.timestamp()), ceil(end.timestamp())),
            )
        )
    return sorted(in_time)


def lines(
    path: RootedPath, wanted: Sequence[tuple[int, int]], end: int
) -> Iterator[tuple[list[int], list[bytes]]]:
    """Yields the offsets and the lines of blocks, without those from byte `end` on."""
    if not wanted:
        return
    with journal.reader(path) as file:
        for offset, last in wanted:
            if offset >= end:
                return
            file.seek(offset)
            of_block = BytesIO(file.read(last - offset) + file.readline()).readlines()
            offsets = list(accumulate(map(len, of_block), initial=offset))[:-1]
            count = bisect_left(offsets, end)
            yield offsets[:count], of_block[:count]
