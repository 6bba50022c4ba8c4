"""Which requests the book has: the rows in the store, and those appended since it was read."""

import re
from collections.abc import Iterable

import msgspec

from burnbook.book import codec, journal
from burnbook.book.codec import BOM
from burnbook.rows.meters import NewerRow
from burnbook.rows.usage import AgentUsage, Key
from burnbook.store.projection import signed
from burnbook.store.store import Store
from burnbook.usage.booked_rows import RowEntry, booked, ends, entry_of, owners, row_keys
from burnbook.usage.projection import JOURNAL, USAGE

_MARK = 64  # bytes before the offset, the crc of the last row among them


class Known(msgspec.Struct):
    """What the journal has up to `offset` of some keys.

    `requests` are the newest rows of requests by signed key, `aliases` the requests with other
    keys, and `sessions` the ends of all sessions, if any request is there (see `usage_sessions`).
    """

    offset: int
    mark: bytes
    requests: dict[int, RowEntry]
    aliases: dict[int, int]
    sessions: dict[int, int] = {}


def look_up(store: Store, root: str, keys: Iterable[int]) -> Known:
    """Look for requests in the store. Needs no lock: `RequestIndex` reads what comes later."""
    database = store.view(USAGE)
    [(offset,)] = database.execute(
        "SELECT offset FROM projections WHERE name = ?", [USAGE.name]
    ).fetchall()
    names = {*map(signed, keys)}
    named = owners(database, names)
    requests: dict[int, RowEntry] = {}
    for entry in booked(database, names | {*named.values()}):
        newest = requests.setdefault(entry.request, entry)
        if newest.order < entry.order:
            requests[entry.request] = entry
    sessions = ends(database) if requests else {}
    return Known(offset, _mark(root, offset), requests, named, sessions)


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
            known.offset, known.requests, known.aliases = 0, {}, {}  # another program changed it
            appended.clear()
        for offset, line in journal.lines(self.path, known.offset):
            # The other process of a large ingest writes thousands of rows: their ids are enough.
            if _OWN_ROW.match(line) and not _MORE.search(line):
                appended[signed(int(line[9:25], 16))] = offset
            elif row := _read(line):
                key = row_keys(row.id, row.first)[0]
                appended[key] = offset
                known.aliases |= {signed(int(alias, 16)): key for alias in row.aliases}
            known.offset = offset + len(line)
        known.mark = _mark(self.root, known.offset)

    def skip(self, end: int) -> None:
        """Continue at byte `end`: this process wrote the rows before it, and has each key once."""
        self.known.offset, self.known.mark = end, _mark(self.root, end)

    def find(self, key: int) -> RowEntry | None:
        """The newest row of the request with a 64-bit key; None if it is not booked."""
        known = self.known
        name = signed(key)
        if name not in known.requests and name not in self._appended:
            if name not in known.aliases:
                return None
            name = known.aliases[name]
        offset = self._appended.get(name)
        if offset is None:
            return known.requests.get(name)
        _, line = next(journal.lines(self.path, offset))
        row = codec.read(JOURNAL, line)
        if isinstance(row, AgentUsage):
            return entry_of(row_keys(row.id, row.first), offset, row)
        return entry_of((name, 0), offset, row) if isinstance(row, NewerRow) else None


_OWN_ROW = re.compile(rb'\{"id":"u-[0-9a-f]{16}"')
_MORE = re.compile(b'"first":"|"aliases":\\[')


class _Row(msgspec.Struct):
    id: str
    first: str | None = None
    aliases: list[Key] = []


_decode = msgspec.json.Decoder(_Row).decode


def _read(line: bytes) -> _Row | None:
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
