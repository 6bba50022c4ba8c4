"""Reads a large journal with two processes, each a half, when the tables have none of its rows."""

import os
from bisect import bisect_right
from collections.abc import Sequence
from functools import partial
from itertools import accumulate

from burnbook.base.rooted_path import RootedPath
from burnbook.base.worker import Channel, worker
from burnbook.book import journal
from burnbook.rows.meters import NewerRow
from burnbook.store.membership import Membership
from burnbook.telemetry.increment import Increment, Rows
from burnbook.telemetry.rows import JOURNAL, read

MIN_BYTES = 16 << 20
"""Below this, starting a second process costs more than it saves."""
MAX_BYTES = 768 << 20
"""The bytes that are read so: their keys are in memory, 60 MB in each process."""


def increments(root: str, membership: Membership) -> Sequence[Increment]:
    """The increments of both halves; none of a half with a line that does not count.

    Corrupt lines, duplicates, rows of a newer version and those that supersede others are rare, and
    the store counts them.
    """
    path = journal.path_of(root, JOURNAL)
    size = journal.size(path)
    if size < MIN_BYTES or (os.cpu_count() or 1) < 2:
        return []
    end = size if size < MAX_BYTES else _line_after(path, MAX_BYTES)
    middle = _line_after(path, end // 2)
    with worker(partial(_send, path, middle, end, membership)) as channel:
        first, second = _half(path, 0, middle, membership), channel.receive(list[Increment])
    if first and second and not _are_disjoint(first[0], second[0]):
        return first
    return first + second


def _line_after(path: RootedPath, offset: int) -> int:
    """The offset of the first line that begins after an offset."""
    for start, lines in journal.batches(path, offset):
        return start + len(lines[0])
    return offset


def _send(path: RootedPath, start: int, end: int, membership: Membership, channel: Channel) -> None:
    half = _half(path, start, end, membership)
    try:
        channel.send(half)
    except OverflowError:  # a sum of more than 64 bits
        channel.send([])


def _half(path: RootedPath, start: int, end: int, membership: Membership) -> list[Increment]:
    """The increment of a half, or nothing."""
    rows = Rows(lambda *_: set(), membership)
    offset = start
    for offset, lines in journal.batches(path, start):
        offsets = list(accumulate(map(len, lines), initial=offset))
        count = bisect_right(offsets, end) - 1
        batch = read(lines[:count])
        if not {type(None), NewerRow}.isdisjoint(map(type, batch)) or rows.add(offsets, batch):
            return []
        if rows.corrections:
            return []
        offset = offsets[count]
        if offset == end:
            break
    return [rows.increment(start, end)] if offset == end else []


def _are_disjoint(first: Increment, second: Increment) -> bool:
    days = first.keys.keys() & second.keys.keys()
    return all(set(first.keys[day]).isdisjoint(second.keys[day]) for day in days)
