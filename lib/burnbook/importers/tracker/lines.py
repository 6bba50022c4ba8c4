"""One file of an older tracker: its rows, what became of them, and what was refused."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, NamedTuple

import msgspec

from burnbook.base.clean_text import cleaned
from burnbook.book import journal, lock
from burnbook.book.book import Booked
from burnbook.book.rejects import Rejects
from burnbook.context import Context
from burnbook.importers.tracker.rows import RAW
from burnbook.rows.meters import Row
from burnbook.windows import state

MAX_LINE = 64 << 20  # a row may hold a whole log in its raw_text
_MOST_SAID = 10


class Line(NamedTuple):
    """One row: where it stands, its bytes, and what it says."""

    number: int
    data: bytes
    row: dict[str, Any]


class Source:
    """A file that is open for reading. With `dry_run` nothing is written anywhere."""

    def __init__(self, ctx: Context, name: str, file: BinaryIO, dry_run: bool) -> None:
        self.ctx, self.name, self.file, self.dry_run = ctx, name, file, dry_run
        self.accepted = self.duplicates = self.rejected = 0
        self.said: list[str] = []
        self._refused: list[tuple[int, str, bytes]] = []

    def lines(self) -> Iterator[Line]:
        """Every row that is an object; the others are refused."""
        number, file = 0, self.file
        try:
            while data := file.readline(MAX_LINE + 1):
                number += 1
                if len(data) > MAX_LINE and not data.endswith(b"\n"):
                    self.refuse(number, f"a line of over {MAX_LINE} bytes", data[: 1 << 12])
                    while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                        pass
                elif data.strip():
                    yield from self._line(number, data.strip())
        finally:
            # It is only read: nothing is lost where even closing it fails.
            with suppress(OSError):
                file.close()

    def _line(self, number: int, data: bytes) -> Iterator[Line]:
        try:
            row = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self.refuse(number, f"not JSON: {str(error) or 'nested too deeply'}", data)
            return
        if isinstance(row, dict):
            # A pane is read whole, for its account, and redacted where it is kept.
            panes = {key: row.pop(key) for key in RAW if key in row}
            yield Line(number, data, cleaned(row) | panes)
        else:
            self.refuse(number, "the row is no object", data)

    def refuse(self, number: int, reason: str, data: bytes) -> None:
        """Keep what cannot be used for rejects/import.jsonl."""
        self.rejected += 1
        self._refused.append((number, f"{self.name}: {reason}", data))
        if len(self.said) < _MOST_SAID:
            self.said.append(f"{self.name} line {number}: {reason}")

    def commit(self, build: Callable[[], Sequence[tuple[str, Row]]]) -> list[Booked]:
        """`Book.commit`, or what it would have done."""
        book = self.ctx.book
        if not self.dry_run:
            return state.commit(self.ctx, build)
        made = build()
        there = {
            name: journal.find(
                journal.path_of(book.root, name), [r.id for n, r in made if n == name]
            )
            for name in {name for name, _ in made}
        }
        return [Booked(row, row.id not in there[name]) for name, row in made]

    def count(self, booked: Booked) -> None:
        """One row of this file that is in the book now."""
        self.accepted += booked.is_new
        self.duplicates += not booked.is_new

    def finish(self) -> None:
        """Book what was refused."""
        if self.dry_run or not self._refused:
            return
        rejects = Rejects(self.ctx.book.root, "import", self.ctx.agent)
        made = rejects.prepare(self._refused)
        with lock.book_lock(self.ctx.book.root):
            rejects.book(made)
