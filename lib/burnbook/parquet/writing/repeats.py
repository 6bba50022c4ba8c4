"""The lines whose id is in the journal before: they are duplicates, or conflicting rows."""

import os
import re
from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from xxhash import xxh3_64_intdigest

from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.rows.meters import NewerRow

if TYPE_CHECKING:
    from sqlite3 import Connection

_ID = re.compile(rb'(?:\xef\xbb\xbf)?(?:\{"[a-z]+":"[a-z]+",|\{)"id":"([^"\\]*)"')


def repeats(path: RootedPath, name: str, start: int, end: int) -> set[int]:
    """Returns the offsets from `start` to `end` of valid rows whose id a valid row before them has.

    Takes 8 bytes of memory for each line before `end`, and reads only lines with a repeated id.
    """
    hashes = array("Q", (key for _, _, key in _hashes(path, name, end)))
    if not hashes:
        return set()
    keys = pa.Array.from_buffers(pa.uint64(), len(hashes), [None, pa.py_buffer(hashes)]).sort()
    again = set(
        keys.slice(1).filter(pc.equal(keys.slice(1), keys.slice(0, len(keys) - 1))).to_pylist()
    )
    if not again:
        return set()
    seen: set[str] = set()
    offsets = set()
    for offset, line, key in _hashes(path, name, end):
        row = codec.read(name, line) if key in again else None
        if row is None or isinstance(row, NewerRow):
            continue
        if row.id in seen and offset >= start:
            offsets.add(offset)
        seen.add(row.id)
    return offsets


def _hashes(path: RootedPath, name: str, end: int) -> Iterator[tuple[int, bytes, int]]:
    """Yields the offset of each line, the line, and a hash of its id, if it has one."""
    for offset, line in journal.lines(path):
        if offset >= end:
            return
        match = _ID.match(line)
        if match is not None:
            yield offset, line, xxh3_64_intdigest(match[1])
            continue
        row = codec.read(name, line)  # with another order of fields, or corrupt
        if row is not None and not isinstance(row, NewerRow):
            yield offset, line, xxh3_64_intdigest(row.id.encode("utf-8", "surrogatepass"))


def stored_repeats(path: RootedPath, database: "Connection", start: int, end: int) -> set[int]:
    """Returns the offsets from `start` to `end` of telemetry rows to mark, by the store's tables.

    These have the rows that do not count, of which a later one may be the one that does. So of rows
    with one id at least one is marked, whichever was exported before.
    """
    select = "SELECT offset FROM telemetry_duplicates WHERE offset < ? ORDER BY offset"
    offsets = [offset for (offset,) in database.execute(select, [end])]
    marked = {offset for offset in offsets if offset >= start}
    before = set(_ids_at(path, offsets[: len(offsets) - len(marked)]))
    if before:
        for offset, line in journal.lines(path, start):
            match = _ID.match(line)
            if offset >= end:
                break
            if match is not None and match[1] in before:
                marked.add(offset)
    return marked


def _ids_at(path: RootedPath, offsets: list[int]) -> Iterator[bytes]:
    """Yields the ids of the lines at some offsets."""
    if not offsets:
        return
    with os.fdopen(path.open(os.O_RDONLY), "rb") as file:
        for offset in offsets:
            file.seek(offset)
            match = _ID.match(file.readline())
            if match is not None:
                yield match[1]
