"""Which requests the book has: the rows in the store, and those appended since it was read."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from burnbook.book import journal
from burnbook.book.codec import BOM, SCHEMA_VERSION
from burnbook.store.projection import signed
from burnbook.store.store import Store
from burnbook.usage.projection import JOURNAL, MAX_TOKENS, USAGE, booked, row_keys

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
        self.path = journal.path_of(root, JOURNAL)
        self._appended: dict[int, int] = {}  # the offset of the newest row of each request

    def catch_up(self) -> None:
        """Read the rows that other writers appended."""
        known, appended = self.known, self._appended
        if known.mark != _mark(self.root, known.offset):
            known.offset, known.requests = 0, {}  # another program changed the journal
            appended.clear()
        for offset, line in journal.lines(self.path, known.offset):
            # The other process of a large ingest writes thousands of rows: their ids are enough.
            if _OWN_ROW.match(line) and _FIRST not in line:
                appended[signed(int(line[9:25], 16))] = offset
            elif row := _read(line):
                appended[row_keys(row.id, row.first)[0]] = offset
            known.offset = offset + len(line)
        known.mark = _mark(self.root, known.offset)

    def skip(self, end: int) -> None:
        """Continue at byte `end`: this process wrote the rows before it, and has each key once."""
        self.known.offset, self.known.mark = end, _mark(self.root, end)

    def find(self, keys: Iterable[int]) -> dict[int, Booked]:
        """The booked requests among some 64-bit keys."""
        if not self.known.requests and not self._appended:
            return {}
        entries = {key: self._find(signed(key)) for key in keys}
        return {key: entry for key, entry in entries.items() if entry is not None}

    def _find(self, key: int) -> Booked | None:
        entry = self.known.requests.get(key)
        offset = self._appended.get(key)
        if offset is None:
            return None if entry is None else Booked(*entry)
        _, line = next(journal.lines(self.path, offset))
        row = _read(line)
        return None if row is None else Booked(row.tokens, offset)


_OWN_ROW = re.compile(rb'\{"id":"u-[0-9a-f]{16}"')
_FIRST = b'"first":"'


class _Row(msgspec.Struct):
    id: str
    schema_version: int
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    first: str | None = None

    @property
    def tokens(self) -> int:
        """All tokens. No row supersedes one of a newer version."""
        if self.schema_version > SCHEMA_VERSION:
            return MAX_TOKENS
        writes = self.cache_write_5m_tokens + self.cache_write_1h_tokens
        return self.input_tokens + self.cache_read_tokens + writes + self.output_tokens


_decode = msgspec.json.Decoder(_Row).decode


def _read(line: bytes) -> _Row | None:
    try:
        return _decode(line.removeprefix(BOM))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _mark(root: str, offset: int) -> bytes:
    """The bytes before an offset of the journal, which identify the rows before it."""
    path = journal.path_of(root, JOURNAL)
    start = max(0, offset - _MARK)
    if journal.size(path) < offset:
        return b"?"
    return journal.at(path, [(start, offset - start)])[0] if offset else b""
