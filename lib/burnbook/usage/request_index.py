"""Which requests the book has: the rows in the store, and those appended since it was read."""

import mmap
from collections.abc import Iterable
from itertools import takewhile
from struct import Struct

import msgspec

from burnbook.book import codec, journal
from burnbook.book.codec import BOM
from burnbook.rows.meters import NewerRow
from burnbook.rows.usage import AgentUsage, Key
from burnbook.store import journal_lines, membership
from burnbook.store.membership import Span
from burnbook.store.projection import signed
from burnbook.store.store import Store
from burnbook.usage.booked_rows import (
    MAX_TOKENS,
    RowEntry,
    SessionEnds,
    booked,
    ends,
    entry_of,
    owners,
    rank,
    row_keys,
)
from burnbook.usage.projection import USAGE
from burnbook.usage.tables.schema import JOURNAL, NAME

Order = tuple[int, int, int]
_MARK = 64  # bytes before the offset, the crc of the last row among them
_RANGE = Struct(f"QQ{_MARK}s")
_RANGES = 1024  # of thousands of rows each


class Known(msgspec.Struct):
    """What the journal has up to `offset` of some keys.

    `requests` are the newest rows of requests by signed key, `aliases` the requests with other
    keys, `sessions` the ends of all sessions, if any request is there (see `usage_sessions`), and
    `spans` the windows of requests that name none.
    """

    offset: int
    mark: bytes
    requests: dict[int, RowEntry]
    aliases: dict[int, int]
    sessions: SessionEnds = msgspec.field(default_factory=SessionEnds)
    spans: tuple[Span, ...] = ()


def look_up(store: Store, root: str, keys: Iterable[int]) -> Known:
    """Look for requests in the store. Needs no lock: `RequestIndex` reads what comes later."""
    database = store.view(USAGE)
    [(offset,)] = database.execute(
        "SELECT offset FROM projections WHERE name = ?", [USAGE.name]
    ).fetchall()
    is_empty = database.execute("SELECT 1 FROM usage_rows LIMIT 1").fetchone() is None
    names = set() if is_empty else {*map(signed, keys)}
    named = owners(database, names)
    requests: dict[int, RowEntry] = {}
    for entry in booked(database, names | {*named.values()}):
        newest = requests.setdefault(entry.request, entry)
        if newest.order < entry.order:
            requests[entry.request] = entry
    sessions = ends(database) if requests else SessionEnds()
    spans = membership.load(database, NAME).spans
    return Known(offset, _mark(root, offset), requests, named, sessions, spans)


class SharedRanges:
    """The parts of the journal that two processes append, in memory that both share.

    They exchange their keys first, so neither has to read the rows of the other, which takes 7 % of
    a large ingest. Call the methods with the book's lock held. A range is its start, its end, and
    the bytes before the end.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _RANGES * _RANGE.size)

    def add(self, start: int, end: int, mark: bytes) -> None:
        """Add a range. If there is no room, the other process reads its rows."""
        count = len(self._all())
        if count < _RANGES:
            _RANGE.pack_into(self._memory, count * _RANGE.size, start, end, mark)

    def beyond(self, offset: int) -> list[tuple[int, int, bytes]]:
        """The ranges that start at an offset or beyond it, in order."""
        return sorted(each for each in self._all() if each[0] >= offset)

    def _all(self) -> list[tuple[int, int, bytes]]:
        return list(takewhile(lambda each: each[1], _RANGE.iter_unpack(self._memory)))


class RequestIndex:
    """Answers whether requests are booked. Call its methods with the book's lock held."""

    def __init__(self, root: str, known: Known, ranges: SharedRanges | None = None) -> None:
        self.root, self.known, self.ranges = root, known, ranges
        self.path = journal.path_of(root, JOURNAL)
        # The row of each request that counts, of those appended: its `RowEntry.order` and offset.
        self._appended: dict[int, tuple[Order, int]] = {}

    def catch_up(self) -> None:
        """Read the rows that other writers appended."""
        known = self.known
        if known.mark != _mark(self.root, known.offset):
            known.offset, known.requests, known.aliases = 0, {}, {}  # another program changed it
            self._appended.clear()
            self.ranges = None
        for start, end, mark in self.ranges.beyond(known.offset) if self.ranges else ():
            if mark == _mark(self.root, end):
                self._read(start)
                known.offset = end
        self._read(None)
        known.mark = _mark(self.root, known.offset)

    def skip(self, start: int, end: int, *, has_first_rows_only: bool = True) -> None:
        """Continue at byte `end`: this process wrote the rows from `start` on, each key once.

        Only the first rows of requests are left out by the other process as well: a request in the
        book may have keys of two requests in the logs, of which each process has one.
        """
        self.known.offset, self.known.mark = end, _mark(self.root, end)
        if self.ranges is not None and has_first_rows_only:
            self.ranges.add(start, end, self.known.mark)

    def is_empty(self) -> bool:
        """Whether none of the keys is booked."""
        return not self.known.requests and not self._appended

    def _read(self, end: int | None) -> None:
        """Read the rows up to byte `end`, or all."""
        known = self.known
        for offset, line in journal.lines(self.path, known.offset) if known.offset != end else ():
            if row := _keys(line):
                key, own = row_keys(row.id, row.first)
                self._keep(key, row.order(own), offset)
                known.aliases |= {signed(int(alias, 16)): key for alias in row.aliases}
            known.offset = offset + len(line)
            if known.offset == end:
                return

    def _keep(self, key: int, order: Order, offset: int) -> None:
        """Keep an appended row if it counts before the row of the request that is known."""
        if key in self._appended:
            other, other_offset = self._appended[key]
        elif key in self.known.requests:
            entry = self.known.requests[key]
            other, other_offset = entry.order, entry.offset
        else:
            self._appended[key] = order, offset
            return
        is_copy = order[-1] == other[-1]
        if self._first(other_offset, offset) == offset if is_copy else order > other:
            self._appended[key] = order, offset

    def _first(self, *offsets: int) -> int:
        """Of rows with one id, the offset of the one that counts."""
        lines = journal_lines.at(self.path, offsets)
        ranks = {n: rank(codec.read(JOURNAL, line), line) for n, line in lines.items()}
        return min(offsets, key=ranks.__getitem__)

    def find(self, key: int) -> RowEntry | None:
        """The newest row of the request with a 64-bit key; None if it is not booked."""
        known = self.known
        name = signed(key)
        if name not in known.requests and name not in self._appended:
            if name not in known.aliases:
                return None
            name = known.aliases[name]
        if name not in self._appended:
            return known.requests.get(name)
        _, offset = self._appended[name]
        _, line = next(journal.lines(self.path, offset))
        row = codec.read(JOURNAL, line)
        if isinstance(row, AgentUsage):
            return entry_of(row_keys(row.id, row.first), offset, row)
        return entry_of((name, 0), offset, row) if isinstance(row, NewerRow) else None


class _Row(msgspec.Struct):
    id: str
    schema_version: int = 1
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    first: str | None = None
    revision: int = 0
    aliases: list[Key] = []

    def order(self, own: int) -> Order:
        """As in `RowEntry`; `own` is the key of the row."""
        if self.schema_version > codec.SCHEMA_VERSION:
            return 0, MAX_TOKENS, own
        tokens = self.input_tokens + self.cache_read_tokens + self.output_tokens
        tokens += self.cache_write_5m_tokens + self.cache_write_1h_tokens
        return self.revision, tokens, own


_decode = msgspec.json.Decoder(_Row).decode


def _keys(line: bytes) -> _Row | None:
    """The keys of a row; None for a corrupt one."""
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
