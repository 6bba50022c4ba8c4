"""Reads an export as chunks of lines of which each has one item, as `jsonl.chunks` reads lines.

An item is a record of OTLP, an element of a list, or a row of a CSV table.
"""

import csv
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from burnbook.base.errors import BadData
from burnbook.jsonl import unpack
from burnbook.jsonl.chunks import CHUNK, MAX_LINE, Chunk
from burnbook.jsonl.exports import otlp
from burnbook.jsonl.exports.values import MAX_VALUE, Value, values
from burnbook.jsonl.records import without_half_pairs

_LISTS = ("data", "observations", "logs", "items", "results")  # of one page of an API's answer
_SMALLEST = 128  # bytes of an element, on average
_TOO_MANY = {"error": "more elements than the size of their list explains"}
_MOST_CELLS = 4096  # of a CSV row
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode

Items = Callable[[Any, int], list[Any]]


class Reader:
    """Reads from a descriptor; `limit` is not used, because a value may have several lines.

    After the last chunk `partial` has a last value without a newline, which may be a part of one.
    """

    def __init__(
        self,
        form: str,
        handle: int,
        offset: int = 0,
        limit: int | None = None,
        number: int = 1,
    ) -> None:
        self.form, self.handle, self.number, self.start = form, handle, number, offset
        self.partial = b""
        self._items: Items = _records if form == "otlp" else _elements
        self._header: list[str] | None = None
        self._row: list[bytes] = []  # the lines of a row so far

    def chunks(self) -> Iterator[Chunk]:
        """Chunks of about 2 MiB. A value that cannot be read is a line, to be rejected.

        Raises BadData after the last chunk where the rest cannot be unpacked.
        """
        lines: list[bytes] = []
        numbers: list[int] = []
        size, number, damage = 0, self.number, ""
        try:
            for value in values(self.handle, self.start, self.number):
                if not value.text and lines:
                    yield Chunk(lines, number, self.start, numbers)
                    lines, numbers, size, number = [], [], 0, self.number
                if not value.text:
                    continue  # a pause of a pipe
                if value.is_last and self._header is None and not _is_whole(value.text):
                    self.partial = value.text[: MAX_LINE + 1]
                    break
                own = self._lines(value)
                lines += own
                numbers += [value.number] * len(own)
                size += sum(map(len, own))
                self.number, self.start = value.next_number, value.end
                if size >= CHUNK:
                    yield Chunk(lines, number, self.start, numbers)
                    lines, numbers, size, number = [], [], 0, self.number
        except unpack.Damaged as error:
            damage = f"the file cannot be unpacked: {error}; what comes before is booked"
        if lines:
            yield Chunk(lines, number, self.start, numbers)
        if damage:
            raise BadData(damage)

    def _lines(self, value: Value) -> list[bytes]:
        text = value.text
        try:
            if self.form == "export" and self._is_table(text, value.number):
                return self._cells(text, is_last=value.is_last)
            items = self._items(_decode(without_half_pairs(text)), len(text))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, csv.Error):
            self._row = []
            return [text[: MAX_LINE + 1]]
        return [_encode(item) for item in items]

    def _is_table(self, text: bytes, number: int) -> bool:
        """Whether a line is one of a CSV table; the first one has the names of its columns."""
        if self._header is None and number == 1 and text.lstrip()[:1] not in (b"{", b"["):
            header = _row([text.decode()])
            self._header = header if 1 < len(header) <= _MOST_CELLS else None
            return self._header is not None
        return self._header is not None

    def _cells(self, text: bytes, *, is_last: bool) -> list[bytes]:
        """The line of a row, none for the header or a part of a row."""
        assert self._header is not None
        self._row.append(text)
        row = b"\n".join(self._row)
        if row.count(b'"') % 2 and not is_last and len(row) <= MAX_VALUE:
            return []  # a cell has lines
        self._row = []
        cells = _row(row.decode().splitlines(keepends=True))
        if cells == self._header:
            return []
        pairs = zip(self._header, cells, strict=False)
        return [_encode({name: cell for name, cell in pairs if cell})]


def _is_whole(text: bytes) -> bool:
    try:
        _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _records(value: Any, size: int) -> list[Any]:
    return list(otlp.records(value, size)) or [{"signal": "none", "name": "a line without OTLP"}]


def _elements(value: Any, size: int) -> list[Any]:
    """The elements of a list, or of the list in one page of an API's answer; else the value."""
    if isinstance(value, dict):
        lists = [value[name] for name in _LISTS if isinstance(value.get(name), list)]
        value = lists[0] if len(lists) == 1 else value
    if not isinstance(value, list):
        return [value]
    most = max(size // _SMALLEST, 64)
    return value if len(value) <= most else [*value[:most], _TOO_MANY]


def _row(lines: list[str]) -> list[str]:
    """The cells of one CSV row. Cells have prompts and answers, so the usual limit is too small."""
    usual = csv.field_size_limit(MAX_VALUE)  # of all readers of this process
    try:
        return next(csv.reader(lines), [])
    finally:
        csv.field_size_limit(usual)
