"""Which requests of agents are in the book, and what they used: 64-bit keys, one file a day.

Beside each key stands how many tokens its newest row tells and where that row is in the journal:
a log may tell more of a request later. A request is looked for on its day and on the day before,
where it may have begun. Derived, by the rules of `keys`: `head` says up to which byte of the
journal the keys are known, and how many each day has; what is beyond that does not count.
"""

import os
from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.book.codec import BOM
from burnbook.book.key_index import Head, forget

JOURNAL = "agent_usage"
_FORM = "1"
_WIDTH = 24  # key, tokens, offset
_MARK = 64
_CATCH_UP = 1 << 24


class Booked(NamedTuple):
    """A request that is in the book: its tokens, and where its newest row is."""

    tokens: int
    offset: int


class _Row(msgspec.Struct):
    id: str
    ts: str
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    first: str | None = None


_decode = msgspec.json.Decoder(_Row).decode
Triples = dict[str, list[int]]


def read_request(line: bytes, offset: int) -> tuple[str, tuple[int, int, int]] | None:
    """The day of a row's line, and its key, tokens and offset; None for a line that has none."""
    try:
        row = _decode(line.removeprefix(BOM))
        key = int((row.first or row.id)[2:], 16)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        return None  # `check` tells its damage
    writes = row.cache_write_5m_tokens + row.cache_write_1h_tokens
    tokens = row.input_tokens + row.cache_read_tokens + writes + row.output_tokens
    return row.ts[:10], (key, tokens, offset)


class Requests:
    """The requests of one book. Call `known` and `add` with its lock held, `catch_up` first."""

    def __init__(self, root: str) -> None:
        self.path = journal.path_of(root, JOURNAL)
        self.folder = RootedPath(root, f"cache/{JOURNAL}.keys")
        self.head = Head(_FORM)
        self.ready: tuple[int, int, bytes, Triples] | None = None

    def prepare(self) -> None:
        """Read without the lock what `catch_up` would else have to read with it."""
        told = self._told()
        start = told.offset if told else 0
        if journal.size(self.path) - start < _CATCH_UP // 16:
            return
        end, found = self._read(start)
        self.ready = start, end, self._mark(end), found

    def catch_up(self) -> None:
        """Take in what other writers, or a writer that died, appended since."""
        told = self._told()
        if told is None or told.offset < self.head.offset:
            self.head = Head(_FORM)
            forget(self.folder)
        else:
            self.head = told
        if self.ready is not None:
            start, end, mark, found = self.ready
            if start == self.head.offset and mark == self._mark(end):
                self.add(found, end)
            self.ready = None
        if journal.size(self.path) > self.head.offset:
            end, found = self._read(self.head.offset)
            self.add(found, end)

    def known(self, day: str, keys: Iterable[int]) -> dict[int, Booked]:
        """Those of the keys that have a row on this day or the day before."""
        wanted = set(keys)
        found: dict[int, Booked] = {}
        before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
        for one in (before, day):
            count = self.head.days.get(one, 0)
            self._file(one).status()  # a link is refused before the rows are booked, not after
            if count:
                triples = self._triples(one, count)
                here = wanted.intersection(triples[0::3])
                if here:
                    # Of several rows of one key the last counts.
                    pairs = map(Booked, triples[1::3], triples[2::3])
                    all_of = dict(zip(triples[0::3], pairs, strict=True))
                    found |= {key: all_of[key] for key in here}
        return found

    def add(self, triples: Mapping[str, Sequence[int]], offset: int) -> None:
        """The journal has these rows too, up to `offset`: key, tokens and offset of each."""
        self.folder.make_folder()
        for day, some in triples.items():
            new = array("Q", some)
            count = self.head.days.get(day, 0)
            handle = self._file(day).open(os.O_WRONLY | os.O_CREAT)
            try:
                os.pwrite(handle, new.tobytes(), count * _WIDTH)
                os.fsync(handle)  # before the head that counts them, as in `keys`
            finally:
                os.close(handle)
            self.head.days[day] = count + len(new) // 3
        self.head.offset, self.head.mark = offset, self._mark(offset)
        data = msgspec.msgpack.encode(self.head)
        (self.folder / "head").replace(data, durable=False)

    def _read(self, start: int) -> tuple[int, Triples]:
        found: Triples = {}
        end = start
        for offset, line in journal.lines(self.path, start):
            end = offset + len(line)
            told = read_request(line, offset)
            if told is not None:
                found.setdefault(told[0], []).extend(told[1])
        return end, found

    def _told(self) -> Head | None:
        """What the files say, if it fits the journal that is there."""
        try:
            data = (self.folder / "head").read()
            head = msgspec.msgpack.decode(data, type=Head) if data else None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        if head is None or head.form != _FORM or head.mark != self._mark(head.offset):
            return None
        for day, count in head.days.items():
            if journal.size(self._file(day)) < count * _WIDTH:
                return None
        return head

    def _triples(self, day: str, count: int) -> "array[int]":
        triples = array("Q")
        handle = self._file(day).open(os.O_RDONLY)
        try:
            triples.frombytes(os.pread(handle, count * _WIDTH, 0))
        finally:
            os.close(handle)
        return triples

    def _file(self, day: str) -> RootedPath:
        return self.folder / day

    def _mark(self, offset: int) -> bytes:
        start = max(0, offset - _MARK)
        if journal.size(self.path) < offset:
            return b"?"
        return journal.at(self.path, [(start, offset - start)])[0] if offset else b""
