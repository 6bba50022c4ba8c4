"""One file of the older tracker: reads its rows, books them, and counts the results."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, NamedTuple, TypeVar

import msgspec

from burnbook.base.clean_text import cleaned
from burnbook.base.errors import BadData, UsageError
from burnbook.book import journal
from burnbook.context import Context
from burnbook.rows.meters import Row
from burnbook.windows import state

MAX_LINE = 64 << 20  # bytes; a row may have a whole log in its raw_text

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
        self.counts = {"accepted": 0, "duplicates": 0, "rejected": 0}
        self.refused: list[tuple[int, str, bytes]] = []
        self._booked: set[str] = set()  # ids, in a dry run

    def parsed(self, parse: Callable[[Line], T]) -> Iterator[T]:
        """Parses every row, and refuses those for which `parse` raises BadData or UsageError."""
        for line in self.lines():
            try:
                yield parse(line)
            except (BadData, UsageError) as error:
                self.refuse(line.number, str(error), line.data)

    def lines(self) -> Iterator[Line]:
        """Reads every row that is a JSON object, and refuses the others."""
        number, file = 0, self.file
        try:
            while data := file.readline(MAX_LINE + 1):
                number += 1
                if len(data) > MAX_LINE and not data.endswith(b"\n"):
                    self.refuse(number, f"the line is over {MAX_LINE} bytes", data[: 1 << 12])
                    while data and not data.endswith(b"\n"):
                        data = file.readline(MAX_LINE)
                elif data := data.strip():
                    try:
                        row = msgspec.json.decode(data, type=dict[str, Any])
                    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                        reason = str(error) or "nested too deeply"
                        self.refuse(number, f"not a JSON object: {reason}", data)
                        continue
                    # A pane is read whole, for its account, and redacted where it is kept.
                    pane = {"raw_text": row.pop("raw_text")} if "raw_text" in row else {}
                    yield Line(number, data, cleaned(row) | pane)
        finally:
            # The file was only read, so an error while closing it loses nothing.
            with suppress(OSError):
                file.close()

    def count(self, **counts: int) -> None:
        """Adds to the counts of accepted, duplicate and rejected rows."""
        for name, count in counts.items():
            self.counts[name] += count

    def refuse(self, number: int, reason: str, data: bytes) -> None:
        """Counts a row that cannot be used, and keeps it for rejects/import.jsonl."""
        self.count(rejected=1)
        self.refused.append((number, reason, data))

    def book(self, line: Line, build: Callable[[], Sequence[tuple[str, Row]]], kind: type) -> None:
        """Books what `build` returns and counts its row of type `kind`, or refuses the line."""
        try:
            rows = self._would_book(build()) if self.dry_run else state.commit(self.ctx, build)
        except (BadData, UsageError) as error:
            self.refuse(line.number, str(error), line.data)
            return
        is_new = next(is_new for row, is_new in rows if isinstance(row, kind))
        self.count(accepted=is_new, duplicates=not is_new)

    def _would_book(self, rows: Sequence[tuple[str, Row]]) -> list[tuple[Row, bool]]:
        root, result = self.ctx.book.root, []
        for name, row in rows:
            is_known = row.id in self._booked or journal.find(journal.path_of(root, name), [row.id])
            self._booked.add(row.id)
            result.append((row, not is_known))
        return result
