"""Lines of a journal that hold, as they stand, beside their rows."""

from collections.abc import Iterator
from typing import Any

from burnbook.base.errors import BadData
from burnbook.book import codec, journal
from burnbook.context import Context


def holding(ctx: Context, name: str, mark: bytes) -> Iterator[tuple[bytes, Any]]:
    """(line, row) of every line with these bytes in it that holds; the others are passed over.

    The line is as burnbook writes it, whatever line ends the journal has.
    """
    for _, line in journal.lines(journal.path_of(ctx.book.root, name)):
        if mark in line:
            try:
                row = codec.verify(name, line)
            except BadData:
                continue  # the folds count it, and check names it
            yield codec.plain(line), row


def of_window(ctx: Context, name: str, window: str) -> Iterator[tuple[bytes, Any]]:
    """The same of one window."""
    # Quotes in free text are escaped, so only the stamp has these bytes.
    for line, row in holding(ctx, name, b'"window":"%b"' % window.encode()):
        if row.window == window:
            yield line, row
