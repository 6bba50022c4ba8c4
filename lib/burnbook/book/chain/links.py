"""The format of a chain: links, leaves and their hashes.

The last row that an append writes carries a link, the stamp `chain`. Its hash covers the link
before it and every row of the same host since then, so an edit of any row is found.
"""

from msgspec import Struct

from burnbook.base.text import regex
from burnbook.book.codec import BOM, MAX_LINE, REJECTS, plain

LARGE = ("proxy_telemetry", "agent_usage")
LEAF = 1 << 16
"""Bytes of rows after which a leaf of a large journal ends. Hashing 1,000,000 rows one by one
takes 1.2 s; in leaves it takes 0.4 s."""
MARK = b',"chain":{"rows":'
_HOST = b'"host":"'
_LINK = regex(
    rb',"chain":\{"rows":([1-9][0-9]{0,14})(?:,"after":"([0-9a-f]{64})")?'
    rb',"hash":"([0-9a-f]{64})"\},"crc":"[0-9a-f]{8}"\}\n'
)


class Link(Struct, frozen=True):
    """A link: the number of rows that it covers, the hash of the link before it, its own hash.

    `body` is the row without `chain` and `crc`, which is what the hash covers of the row itself.
    """

    rows: int
    after: str | None
    hash: str
    body: bytes


def link_of(line: bytes) -> Link | None:
    """Returns the link that a line (see `normal`) carries; None if it has none."""
    start = line.rfind(MARK)
    match = _LINK.fullmatch(line, start) if start >= 0 else None
    if match is None:
        return None
    after = match[2].decode() if match[2] else None
    return Link(int(match[1]), after, match[3].decode(), line[:start])


def host_of(line: bytes) -> bytes | None:
    """Returns the host of a row, as its JSON text; None if the line has none."""
    start = line.find(_HOST) + len(_HOST)
    end = line.find(b'"', start)
    return line[start:end] if start >= len(_HOST) and end > start else None


def normal(line: bytes) -> bytes:
    """Returns a line as burnbook wrote it: other line ends do not change the hashes."""
    return line if line.endswith(b'"}\n') and line[:3] != BOM else plain(line)


def stamped(line: bytes, link: Link) -> bytes | None:
    """Returns a row with its link; None if it would be too long."""
    from zlib import crc32

    after = b',"after":"%b"' % link.after.encode() if link.after else b""
    chain = b'%b%d%b,"hash":"%b"}' % (MARK, link.rows, after, link.hash.encode())
    body = line[: line.rindex(b',"crc":"')] + chain
    result = b'%b,"crc":"%08x"}\n' % (body, crc32(body))
    return result if len(result) <= MAX_LINE else None


def is_large(name: str) -> bool:
    """Returns whether the leaves of a journal have many rows."""
    return name in LARGE or name.startswith(REJECTS)


class Leaves:
    """The leaves of consecutive rows of a host. A leaf is the SHA-256 of whole rows.

    In small journals each row is a leaf. In large ones a leaf ends with the row that brings it to
    64 KiB or more. `rows` counts the rows.
    """

    def __init__(self, name: str) -> None:
        from hashlib import sha256  # 2 ms, which only commands that book or check need

        self._new = sha256
        self.name = name
        self.rows = 0
        self.digests: list[bytes] = []
        self._is_large = is_large(name)
        self._open, self._size = sha256(), 0

    def add(self, data: bytes) -> None:
        """Adds whole rows, each with its newline."""
        if not self._is_large:
            for line in data.split(b"\n")[:-1]:
                self._leaf(line + b"\n")
            return
        self.rows += data.count(b"\n")
        start, view = 0, memoryview(data)
        while start < len(data):
            newline = data.find(b"\n", start + LEAF - self._size - 1)
            end = newline + 1 or len(data)
            self._open.update(view[start:end])
            self._size += end - start
            if self._size >= LEAF:
                self._close()
            start = end

    def add_last(self, body: bytes) -> None:
        """Adds the row that carries the link, without `chain` and `crc`."""
        if not self._is_large:
            self._leaf(body)
            return
        self.rows += 1
        self._open.update(body)
        self._close()

    def finish(self) -> None:
        """Ends the last leaf, where no row with a link follows."""
        if self._size:
            self._close()

    def hash(self, host: bytes, after: str | None) -> str:
        """Returns the hash of a link over these leaves, as hex digits."""
        return link_hash(self.name, host, after, self.rows, self.digests)

    def _leaf(self, row: bytes) -> None:
        self.rows += 1
        self.digests.append(self._new(row).digest())

    def _close(self) -> None:
        self.digests.append(self._open.digest())
        self._open, self._size = self._new(), 0


def link_hash(name: str, host: bytes, after: str | None, rows: int, digests: list[bytes]) -> str:
    """Returns SHA-256 of journal, host, previous link, number of rows, and the leaves."""
    from hashlib import sha256

    head = b"%b\n%b\n%b\n%d\n" % (name.encode(), host, (after or "").encode(), rows)
    return sha256(head + b"".join(digests)).hexdigest()
