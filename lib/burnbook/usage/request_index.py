"""Which requests the book has: the rows in the store, and those appended since it was read."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from burnbook.book import journal
from burnbook.book.codec import BOM, SCHEMA_VERSION
from burnbook.store.queries import signed
from burnbook.store.store import Store
from burnbook.usage.projection import JOURNAL, MAX_TOKENS, USAGE, RowEntry, booked, row_keys

_MARK = 64  # bytes before the offset, the crc of the last row among them


class Booked(NamedTuple):
    """A request in the book: its tokens, and the offset of the row that counts."""

    tokens: int
    offset: int


class Known(msgspec.Struct):
    """The requests among some keys that the journal has up to `offset`, by signed key."""

    offset: int
    mark: bytes
    requests: dict[int, tuple[int, int]]


def look_up(store: Store, root: str, keys: Iterable[int]) -> Known:
    """Look for requests in the store. Needs no lock: `RequestIndex` reads what comes later."""
    database = store.view(USAGE)
    [(offset,)] = database.execute(
        "SELECT offset FROM projections WHERE name = ?", [USAGE.name]
    ).fetchall()
    requests: dict[int, tuple[int, int]] = {}
    for (request, _), entry in booked(database, map(signed, keys)).items():
        requests[request] = max(requests.get(request, entry), entry)
    return Known(offset, _mark(root, offset), requests)


class RequestIndex:
    """Answers whether requests are booked. Call its methods with the book's lock held."""

    def __init__(self, root: str, known: Known) -> None:
        self.root, self.known = root, known

    def catch_up(self) -> None:
        """Read the rows that other writers appended."""
        known = self.known
        if known.mark != _mark(self.root, known.offset):
            known.offset, known.requests = 0, {}  # another program changed the journal
        for offset, line in journal.lines(journal.path_of(self.root, JOURNAL), known.offset):
            entry = _read(line, offset)
            if entry is not None:
                self._add(entry)
            known.offset = offset + len(line)
        known.mark = _mark(self.root, known.offset)

    def find(self, keys: Iterable[int]) -> dict[int, Booked]:
        """The booked requests among some 64-bit keys."""
        requests = self.known.requests
        if not requests:
            return {}
        entries = {key: requests.get(signed(key)) for key in keys}
        return {key: Booked(*entry) for key, entry in entries.items() if entry is not None}

    def add(self, rows: Sequence[RowEntry], end: int) -> None:
        """Add the rows that this process appended, up to byte `end` of the journal."""
        for row in rows:
            self._add(row)
        self.known.offset, self.known.mark = end, _mark(self.root, end)

    def _add(self, row: RowEntry) -> None:
        request, _, tokens, offset = row
        have = self.known.requests.get(request)
        if have is None or have[0] < tokens:
            self.known.requests[request] = tokens, offset


class _Row(msgspec.Struct):
    id: str
    schema_version: int
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    first: str | None = None


# A fifth of the time of `codec.read`; the other process of a large ingest writes thousands of rows.
_decode = msgspec.json.Decoder(_Row).decode


def _read(line: bytes, offset: int) -> RowEntry | None:
    try:
        row = _decode(line.removeprefix(BOM))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if row.schema_version > SCHEMA_VERSION:
        return (*row_keys(row.id, None), MAX_TOKENS, offset)
    writes = row.cache_write_5m_tokens + row.cache_write_1h_tokens
    tokens = row.input_tokens + row.cache_read_tokens + writes + row.output_tokens
    return (*row_keys(row.id, row.first), tokens, offset)


def _mark(root: str, offset: int) -> bytes:
    """The bytes before an offset of the journal, which identify the rows before it."""
    path = journal.path_of(root, JOURNAL)
    start = max(0, offset - _MARK)
    if journal.size(path) < offset:
        return b"?"
    return journal.at(path, [(start, offset - start)])[0] if offset else b""
