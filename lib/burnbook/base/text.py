"""Text made safe to show: what is not printable is told, and does not act."""

import csv
import io
from collections.abc import Iterable, Sequence

from burnbook.base.clean_text import clean


def printable(value: str) -> str:
    """The text with everything that is no printable character escaped, so that none acts."""
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in value)


Cell = str | float | None
_ACTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def csv_text(rows: Iterable[Sequence[Cell]], newline: str = "\n") -> str:
    """RFC 4180, with newlines of Unix. Nothing known is an empty cell; numbers stay numbers."""
    out = io.StringIO()
    csv.writer(out, lineterminator=newline).writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_line(cells: Sequence[str]) -> str:
    """One row of cells that are as they are to be, without the end of its line."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def cleaned_csv(data: bytes) -> bytes:
    """A CSV file with each secret taken out of its cell; the same bytes where there is none."""
    text = data.decode("utf-8", "surrogateescape")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    shown = [[clean(cell) for cell in row] for row in rows]
    if shown == rows:
        return data
    newline = "\r\n" if "\r\n" in text else "\n"
    return "".join(csv_line(row) + newline for row in shown).encode("utf-8", "surrogateescape")


def whole(value: Cell) -> Cell:
    """3 rather than 3.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _cell(value: Cell) -> Cell:
    return safe_cell(value) if isinstance(value, str) else value


def safe_cell(text: str) -> str:
    """Text in which nothing acts: what a spreadsheet might run gets a leading `'`.

    That is what starts with = + - @, narrow or wide, or a control character; others of these are
    escaped.
    """
    first = text.lstrip(" ")[:1]
    acts = first in _ACTS or (first != "" and not first.isprintable())
    shown = printable(text)
    return f"'{shown}" if acts else shown
