"""Adds the link to the last row of an append. Everything here reads through an open descriptor.

The last link of this host is searched from the end of the journal backwards, where it usually is
the last row. Rows after it that no link covers, of an earlier version or of an append that was
killed, are covered by the next link.
"""

import os
from collections.abc import Iterator, Sequence

from msgspec import Struct

from burnbook.book.chain.links import MARK, Leaves, Link, host_of, link_of, normal, stamped

_BLOCK = 1 << 16
_MOST = 4 << 20
_BLOCKS = 256
_MARKER = 96  # bytes that identify the end of what was read: they include a crc
BACKLOG = 16 << 20
"""Bytes that may be read with the lock held: 20 ms."""


class Tail(Struct, frozen=True):
    """The rows of a host after its last link (`after`), up to byte `end` of a journal.

    `lines` has a hash of each, so that an identical line does not count twice; `marker` is the
    bytes before `end`.
    """

    host: bytes
    after: str | None
    leaves: Leaves
    lines: set[int]
    end: int
    marker: bytes


_tails: dict[tuple[int, int], Tail] = {}
"""By device and inode, what this process knows of journals that it appends to."""


def linked(
    name: str, handle: int, size: int, data: bytes | Sequence[bytes]
) -> bytes | Sequence[bytes]:
    """Returns the rows of an append, the last one with its link. Call it with the lock held.

    `handle` is the journal's descriptor, `size` its size. All rows are of this host. If they are
    not, or the row would be too long, they are returned as they are: a later link covers them.
    """
    # A few large blocks are not joined: copies of megabytes cost as much as their hashes.
    if not isinstance(data, bytes) and len(data) > _BLOCKS:
        data = b"".join(data)
    *blocks, block = [data] if isinstance(data, bytes) else [part for part in data if part] or [b""]
    start = block.rfind(b"\n", 0, len(block) - 1) + 1
    last = block[start:]
    host = host_of(last)
    if host is None or host != own_host() or link_of(last):
        return data
    if start:
        blocks.append(block[:start])
    key = _key(handle)
    tail = _extended(name, handle, size, host, _tails.pop(key, None))
    leaves, after = tail.leaves, tail.after
    for part in blocks:
        leaves.add(part)
    body = last[: last.rindex(b',"crc":"')]
    leaves.add_last(body)
    link = Link(leaves.rows, after, leaves.hash(host, after), body)
    line = stamped(last, link)
    if line is None:
        return data
    end = size + sum(map(len, blocks)) + len(line)
    # If the write fails, the marker does not match, and the tail is read again.
    _tails[key] = Tail(host, link.hash, Leaves(name), set(), end, line[-_MARKER:])
    return [*blocks, line]


def prepare(name: str, handle: int, end: int) -> None:
    """Reads without the lock what `linked` would otherwise have to read with it.

    Rows before `end` are not taken back any more.
    """
    key, host = _key(handle), own_host()
    for offset, text in _backwards(handle, end, 0):
        end = offset + text.rfind(b"\n") + 1  # an unfinished row is moved aside by the next append
        break
    _tails[key] = _extended(name, handle, end, host, _tails.pop(key, None))


def needs(handle: int, size: int) -> bool:
    """Returns whether `linked` would have to read more than may be read with the lock held."""
    tail = _tails.get(_key(handle))
    if tail is not None and _is_current(tail, handle, size):
        return size - tail.end > BACKLOG
    return size > BACKLOG and _last_link(handle, size, own_host(), size - BACKLOG)[0] is None


def own_host() -> bytes:
    """Returns this machine's name as rows have it."""
    from msgspec.json import encode

    return encode(os.uname().nodename)[1:-1]


def _key(handle: int) -> tuple[int, int]:
    status = os.fstat(handle)
    return status.st_dev, status.st_ino


def _extended(name: str, handle: int, size: int, host: bytes, known: Tail | None) -> Tail:
    """The tail of a journal up to `size`; `known` is what was read before."""
    if known is None or known.host != host or not _is_current(known, handle, size):
        known = Tail(host, None, Leaves(name), set(), 0, b"")
    if known.end == size:
        return known
    link, end = _last_link(handle, size, host, known.end)
    if link is None:
        after, leaves, lines, end = known.after, known.leaves, known.lines, known.end
    else:
        after, leaves, lines = link.hash, Leaves(name), set[int]()
    for _, block in blocks(handle, end, size):
        for line in block.split(b"\n")[:-1]:
            line = normal(line + b"\n")
            if host_of(line) == host and (key := hash(line)) not in lines:
                lines.add(key)
                leaves.add(line)
    marker = os.pread(handle, min(_MARKER, size), size - min(_MARKER, size))
    return Tail(host, after, leaves, lines, size, marker)


def _is_current(tail: Tail, handle: int, size: int) -> bool:
    length = len(tail.marker)
    return tail.end <= size and os.pread(handle, length, tail.end - length) == tail.marker


def _last_link(handle: int, size: int, host: bytes, start: int) -> tuple[Link | None, int]:
    """Returns the last link of a host in these bytes, and the offset after its row."""
    for offset, text in _backwards(handle, size, start):
        at = len(text)
        while (at := text.rfind(MARK, 0, at)) >= 0:
            begin, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at) + 1
            line = normal(text[begin:end])
            if host_of(line) == host and (link := link_of(line)):
                return link, offset + end
    return None, start


def _backwards(handle: int, end: int, start: int) -> Iterator[tuple[int, bytes]]:
    """Yields (offset, whole lines) from the last ones to the first after `start`."""
    size = _BLOCK
    while end > start:
        offset = max(start, end - size)
        text = os.pread(handle, end - offset, offset)
        cut = text.find(b"\n") + 1 if offset > start else 0
        if offset > start and cut in (0, len(text)):
            size *= 2  # one row is longer than the block
            continue
        yield offset + cut, text[cut:]
        end, size = offset + cut, min(2 * size, _MOST)


def blocks(handle: int, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yields (offset, whole lines) from `start` on, up to byte `end`, without an unfinished line.

    `start` is the beginning of a line.
    """
    size = _MOST
    while start < end:
        text = os.pread(handle, min(size, end - start), start)
        if cut := text.rfind(b"\n") + 1:
            yield start, text[:cut]
            start, size = start + cut, _MOST
        elif len(text) < size:
            return
        else:
            size *= 2
