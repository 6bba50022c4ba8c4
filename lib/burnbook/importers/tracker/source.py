"""One file of the older tracker: reads its rows, books them, and counts the results."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, NamedTuple, TypeVar

import msgspec

from burnbook.base.clean_text import cleaned
from burnbook.base.errors import BadData, UsageError
from burnbook.book import journal, lock
from burnbook.book.rejects import Rejects, reject_rows
from burnbook.context import Context
from burnbook.rows.meters import Row
from burnbook.windows import state

MAX_LINE = 64 << 20  # bytes; a row may have a whole log in its raw_text
_MAX_MESSAGES = 10

T = TypeVar("T")


class Line(NamedTuple):
    """One row with its line number and bytes."""

    number: int
    data: bytes
    row: dict[str, Any]


class Source:
    """An open file. With `dry_run`, nothing is written anywhere."""

    def __init__(self, ctx: Context, name: str, file: BinaryIO, dry_run: bool) -> None:
        self.ctx, self.name, self.file, self.dry_run = ctx, name, file, dry_run
        self.accepted = self.duplicates = self.rejected = 0
        self.refused: list[tuple[int, str, bytes]] = []
        self._booked: set[str] = set()  # ids, in a dry run

    @property
    def messages(self) -> list[str]:
        """Returns the first reasons for refused rows."""
        first = self.refused[:_MAX_MESSAGES]
        return [f"{self.name} line {number}: {reason}" for number, reason, _ in first]

    @property
    def counts(self) -> dict[str, int]:
        """Returns the number of rows by result."""
        return {name: getattr(self, name) for name in ("accepted", "duplicates", "rejected")}

    def parsed(self, parse: Callable[[Line], T]) -> Iterator[T]:
        """Parses every row, and refuses those for which `parse` raises BadData or UsageError."""
        for line in self.lines():
            try:
                yield parse(line)
            except (BadData, UsageError) as error:
                self.refuse(line, str(error))

    def lines(self) -> Iterator[Line]:
        """Reads every row that is a JSON object, and refuses the others."""
        number, file = 0, self.file
        try:
            while data := file.readline(MAX_LINE + 1):
                number += 1
                if len(data) > MAX_LINE and not data.endswith(b"\n"):
                    reason = f"the line is over {MAX_LINE} bytes"
                    self.refuse(Line(number, data[: 1 << 12], {}), reason)
                    while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                        pass
                elif data.strip():
                    yield from self._line(number, data.strip())
        finally:
            # The file was only read, so an error while closing it loses nothing.
            with suppress(OSError):
                file.close()

    def _line(self, number: int, data: bytes) -> Iterator[Line]:
        try:
            row = msgspec.json.decode(data, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            reason = f"not a JSON object: {str(error) or 'nested too deeply'}"
            self.refuse(Line(number, data, {}), reason)
            return
        # A pane is read whole, for its account, and redacted where it is kept.
        pane = {"raw_text": row.pop("raw_text")} if "raw_text" in row else {}
        yield Line(number, data, cleaned(row) | pane)

    def refuse(self, line: Line, reason: str) -> None:
        """Counts a row that cannot be used, and keeps it for rejects/import.jsonl."""
        self.rejected += 1
        self.refused.append((line.number, reason, line.data))

    def book(self, line: Line, build: Callable[[], Sequence[tuple[str, Row]]], kind: type) -> None:
        """Books what `build` returns and counts its row of type `kind`, or refuses the line."""
        try:
            rows = state.commit(self.ctx, build) if not self.dry_run else self._would_book(build())
        except (BadData, UsageError) as error:
            self.refuse(line, str(error))
            return
        is_new = next(is_new for row, is_new in rows if isinstance(row, kind))
        self.accepted += is_new
        self.duplicates += not is_new

    def _would_book(self, rows: Sequence[tuple[str, Row]]) -> list[tuple[Row, bool]]:
        root, result = self.ctx.book.root, []
        for name, row in rows:
            is_known = row.id in self._booked or journal.find(journal.path_of(root, name), [row.id])
            self._booked.add(row.id)
            result.append((row, not is_known))
        return result

    def finish(self) -> None:
        """Books the refused rows."""
        if self.dry_run or not self.refused:
            return
        rejects = Rejects(self.ctx.book.root, "import", self.ctx.agent)
        rows = reject_rows([(n, f"{self.name}: {why}", data) for n, why, data in self.refused])
        with lock.book_lock(self.ctx.book.root):
            rejects.book(rows)
