"""Fits tables and lines to the width of a terminal: by words, never in the middle of a word."""

import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from unicodedata import combining, east_asian_width

from msgspec import Struct
from msgspec.structs import replace

from burnbook.view.drawing import ellipsis, fine_bar, is_drawing, two_bar
from burnbook.view.levels import alike
from burnbook.view.parts import Table

_GAP = 2  # columns between cells, and before the first
_LEAST_BAR, _MOST_BAR = 8, 40
_LEAST_NAME = 24  # columns; bars are left out rather than names shorter than this
_LEAST_CUT = 10  # columns; figures are left out rather than names shorter than this
_WORDS = r"[^\W_]+|[\W_]"
_PIECES = r"[^/\-_.,:;=&?@]*[/\-_.,:;=&?@]*"


def columns_of(text: str) -> int:
    """Returns the columns that text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, width: int, side: str) -> str:
    """Returns text with spaces up to a width; `side` is `>` for right-aligned text."""
    spaces = " " * (width - columns_of(text))
    return spaces + text if side == ">" else text + spaces


def wrapped(text: str, width: int | None) -> list[str]:
    """Returns text as lines; lines after the first are indented as far as the first.

    A word that is longer than a line is broken behind one of its separators, such as `/`.
    """
    if width is None or columns_of(text) <= width:
        return [text]
    indent = " " * min(len(text) - len(text.lstrip(" ")), width // 2)
    room = width - len(indent)
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and columns_of(line) + 1 + columns_of(word) <= room:
            line = f"{line} {word}"
            continue
        lines += [line] if line else []
        *full, line = _broken(word, room)
        lines += full
    return [indent + each for each in (*lines, line)]


def reflowed(text: str, width: int) -> str:
    """Returns text with its paragraphs in lines of a width, if a line is longer.

    Indented lines stay lines.
    """
    if all(columns_of(line) <= width for line in text.split("\n")):
        return text
    blocks = []
    for block in text.split("\n\n"):
        has_lines = any(line.startswith(" ") for line in block.split("\n"))
        lines = block.split("\n") if has_lines else [" ".join(block.split())]
        blocks.append("\n".join(part for line in lines for part in wrapped(line, width)))
    return "\n\n".join(blocks)


def _broken(word: str, room: int) -> list[str]:
    """The lines of a word that may be too long for one of them."""
    if columns_of(word) <= room:
        return [word]
    lines = [""]
    for piece in re.findall(_PIECES, word):
        if lines[-1] and columns_of(lines[-1]) + columns_of(piece) > room:
            lines.append("")
        lines[-1] += piece
        while columns_of(lines[-1]) > room:  # a word without any separator
            head = _head(lines[-1], room)
            lines[-1:] = [head, lines[-1][len(head) :]]
    return lines


def shortened(text: str, width: int) -> str | None:
    """Returns text without some of its words, or None if no word of it fits.

    A path keeps its last folders, else words of the last one; any other text keeps its first words.
    """
    if columns_of(text) <= width:
        return text
    mark = ellipsis()
    words = re.findall(_WORDS, text)
    forms: list[list[str]] = [[head + mark for head in accumulate(words) if head[-1].isalnum()]]
    if "/" in text:
        tails: list[str] = [*accumulate(reversed(words), lambda tail, word: word + tail)]
        folders = [mark + tail for tail in tails if tail[0] == "/" and len(tail) > 1]
        forms = [folders, [mark + tail for tail in tails if tail[0].isalnum()], *forms]
    for each in forms:
        if fitting := [form for form in each if columns_of(form) <= width]:
            return fitting[-1]
    return None


def _head(text: str, width: int) -> str:
    """The first characters, as many as have room; at least one."""
    widths = accumulate(map(columns_of, text))
    return text[: max(1, sum(1 for each in widths if each <= width))]


class Fitted(Struct, frozen=True):
    """A table that fits, and the heads of the columns that are left out for lack of room."""

    table: Table
    missing: Sequence[str] = ()


def fitted(table: Table, columns: int | None) -> Fitted:
    """Returns the table in the widest form that is no wider than `columns`.

    If even the last form is too wide, its names are shortened and its cells with spaces get several
    lines (joined by a newline), then its bars are left out, then names of which no word fits are
    cut, then columns are left out from the right. `bars` become a last column; without a limit
    there are none. Bars and drawings repeat figures, so they are not among the missing columns.
    """
    if columns is None:
        return Fitted(replace(table, bars=()))
    widest = table
    while table.narrower is not None and _excess(table, _widths(table.lines), columns) > 0:
        table = table.narrower
    fewer = _narrowed(table, columns)
    lost = [head for head in widest.head if head not in table.head]
    return replace(fewer, missing=(*lost, *fewer.missing))


def _narrowed(table: Table, columns: int) -> Fitted:
    if table.narrower is not None:
        return Fitted(_with_bars(table, columns))
    plain = _without_bars(table)
    is_last = len(plain.align) == 1
    shown = (
        _names_shortened(table, columns, _LEAST_NAME, _in_lines)
        or _names_shortened(plain, columns, _LEAST_CUT, _in_lines)
        or _names_shortened(plain, columns, 1 if is_last else _LEAST_CUT, _cut)
    )
    if shown is not None or is_last:
        return Fitted(_with_bars(shown or plain, columns))
    rows = [row[:-1] for row in plain.rows]
    fewer = fitted(Table(plain.head[:-1], rows, plain.align[:-1]), columns)
    return Fitted(fewer.table, (*fewer.missing, plain.head[-1]))


def _names_shortened(
    table: Table, columns: int, least: int, shorten: Callable[[str, int], str | None]
) -> Table | None:
    """The table with its names short enough; None if they would be shorter than `least`."""
    cells = [[*line] for line in table.lines]
    widths = _widths(cells)
    names = [n for n, side in enumerate(table.align) if side == "<"]
    while (excess := _excess(table, widths, columns)) > 0:
        if not names:
            return None
        name, *others = sorted(names, key=lambda n: -widths[n])
        next_width = max((widths[n] for n in others), default=least)
        limit = max(widths[name] - excess, min(next_width, widths[name] - 1))
        if limit < least:
            return None
        for line, full in zip(cells, table.lines, strict=True):
            text = shorten(full[name], limit)
            if text is None:
                return None
            line[name] = alike(text, line[name])
        widths[name] = _width_of([line[name] for line in cells])
    return replace(table, head=cells[0], rows=cells[1:])


def _excess(table: Table, widths: Sequence[int], columns: int) -> int:
    """The columns by which a table is too wide."""
    bars = _GAP + max(_LEAST_BAR, len(table.bars_head)) if table.bars else 0
    return sum(widths) + _GAP * len(widths) + bars - columns


def _in_lines(text: str, width: int) -> str | None:
    """Text with spaces as several lines, any other text without some of its words."""
    return "\n".join(wrapped(text, width)) if " " in text else shortened(text, width)


def _cut(text: str, width: int) -> str:
    """The same; the first characters of text of which no word fits."""
    shown, mark = _in_lines(text, width), ellipsis()
    return _head(text, width - len(mark)) + mark if shown is None else shown


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    return [*map(_width_of, zip(*lines, strict=True))]


def _width_of(cells: Sequence[str]) -> int:
    return max(columns_of(line) for cell in cells for line in cell.split("\n"))


def _with_bars(table: Table, columns: int) -> Table:
    """The table with its bars as a last column, in the room that is left."""
    if not table.bars:
        return table
    widths = _widths(table.lines)
    room = min(_MOST_BAR, columns - sum(widths) - _GAP * (len(widths) + 1))
    bars = [
        two_bar(*share, room) if isinstance(share, tuple) else fine_bar(share, room)
        for share in table.bars
    ]
    rows = [(*row, drawn) for row, drawn in zip(table.rows, bars, strict=True)]
    return Table((*table.head, table.bars_head), rows, f"{table.align}<")


def _without_bars(table: Table) -> Table:
    """The table without `bars`, or without a last column that has only drawings."""
    if table.bars or not table.rows:
        return replace(table, bars=())
    texts = "".join(row[-1] for row in table.rows)
    if not is_drawing(texts) or len(table.align) == 1:
        return table
    return Table(table.head[:-1], [row[:-1] for row in table.rows], table.align[:-1])
