"""Renders the result of a command as text, JSON or markdown."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat, zip_longest
from typing import Any

import msgspec
from msgspec.structs import replace

from burnbook.base.text import printable
from burnbook.view.drawing import trend
from burnbook.view.fit import columns_of, fitted, wrapped
from burnbook.view.levels import BOLD, PLAIN, STYLES, alike, cell, level_of
from burnbook.view.parts import Lazy, Line, Part, Table, Title

_AT_A_TIME = 1000  # lines or rows


def text(parts: Sequence[Part], *, color: bool, columns: int | None = None) -> str:
    """Returns aligned lines of at most `columns`, with a blank line before each title."""
    return "".join(text_pieces(parts, color=color, columns=columns))


def text_pieces(parts: Sequence[Part], *, color: bool, columns: int | None) -> Iterator[str]:
    """Returns the same in pieces of many lines."""
    lines = chain.from_iterable(
        _lines(part, color, columns, is_first=number == 0) for number, part in enumerate(parts)
    )
    while piece := "".join([f"{line}\n" for line in islice(lines, _AT_A_TIME)]):
        yield piece


def _lines(part: Part, color: bool, columns: int | None, *, is_first: bool) -> Iterable[str]:
    if isinstance(part, Title):
        blank = [] if is_first else [""]
        return blank + _words(part.text, columns, BOLD, color)
    if isinstance(part, Line):
        style = (BOLD if part.strong else "") + STYLES.get(part.level, "")
        return _words(part.text, columns, style, color)
    if isinstance(part, Table):
        return _aligned(part, color, columns)
    if columns is None:
        return ()
    room = columns - len(part.label) - 2
    words = wrapped(part.text, columns) if part.text else []
    return [f"{part.label}  {trend(part.values[-room:])}", *words]


def _words(text: str, columns: int | None, style: str, color: bool) -> list[str]:
    return [_paint(line, style, color) for line in wrapped(printable(text), columns)]


def markdown(parts: Sequence[Part]) -> str:
    """Returns the parts as markdown: headings, tables and a list of lines."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Title):
            lines += ["", f"### {_escaped(part.text)}", ""]
        elif isinstance(part, Line):
            shown = _escaped(part.text.strip())
            lines.append(f"- **{shown}**" if part.strong else f"- {shown}")
        elif isinstance(part, Table):
            rule = ["---:" if side == ">" else "---" for side in part.align]
            for cells in (part.head, rule, *part.rows):
                lines.append(f"| {' | '.join(_escaped(cell) for cell in cells)} |")
            lines.append("")
    return "\n".join(lines).strip("\n") + "\n"


def json(data: Any) -> str:
    """Returns an indented JSON document. Moments are ISO 8601 with Z; control codes are escaped."""
    return f"{_document(data)}\n"


def json_pieces(data: Any) -> Iterator[str]:
    """Returns the same in pieces, so that the values of `Lazy` members are made when read."""
    if not isinstance(data, dict) or not any(isinstance(each, Lazy) for each in data.values()):
        yield json(data)
        return
    start = "{\n"
    for name, value in data.items():
        if isinstance(value, Lazy):
            values, before = iter(value), ""
            yield f'{start}  "{name}": ['
            while batch := [*islice(values, _AT_A_TIME)]:
                # As a member of an object, the values have the indentation that they need here.
                yield before + _document({name: batch})[len(name) + 9 : -len("\n  ]\n}")]
                before = ","
            yield "\n  ]" if before else "]"
        else:
            yield start + _document({name: value})[len("{\n") : -len("\n}")]
        start = ",\n"
    yield "\n}\n"


def _document(data: Any) -> str:
    shown = msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
    if not shown.isascii() or "\x7f" in shown:
        shown = "".join(c if c.isprintable() or c == "\n" else _unit(c) for c in shown)
    return shown


def _unit(char: str) -> str:
    """Returns a character as a JSON escape: one or two UTF-16 units."""
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _aligned(table: Table, color: bool, columns: int | None) -> Iterator[str]:
    fit = fitted(table if columns is None else _printable(table), columns)
    shown = fit.table
    rows = chain([[cell(text, "dim") for text in shown.head]], shown.rows)
    lines = chain.from_iterable(map(_lines_of, map(_row, rows) if columns is None else rows))
    widths = [0] * len(shown.align)
    kept: list[Any] = []
    while batch := [*islice(lines, _AT_A_TIME)]:
        widths = [*map(max, widths, map(_width, zip(*batch, strict=True)))]
        # No cell has a NUL. A string takes a fifth of the memory of a list of cells.
        kept += batch if color else map("\0".join, batch)
    sides = ["" if side == ">" else "-" for side in shown.align]
    form = "  ".join(f"%{side}{width}s" for side, width in zip(sides, widths, strict=True))
    for row in kept:
        if color:
            line = _padded(row, widths, shown.align, color)
        elif row.isascii():
            line = form % tuple(row.split("\0"))  # a tenth of the time
        else:
            line = _padded(row.split("\0"), widths, shown.align, color)
        yield "  " + line.rstrip()
    if missing := ", ".join(filter(None, fit.missing)):
        note = f"  (not shown, for lack of room: {missing})"
        yield from _words(note, columns, STYLES["dim"], color)


def _padded(row: Sequence[str], widths: Sequence[int], align: str, color: bool) -> str:
    return "  ".join(map(_painted_cell, row, widths, align, repeat(color)))


def _width(cells: Sequence[str]) -> int:
    return max(map(len if "".join(cells).isascii() else columns_of, cells))


def _painted_cell(text: str, width: int, side: str, color: bool) -> str:
    spaces = " " * (width - columns_of(text))
    shown = _paint(text, STYLES.get(level_of(text), ""), color)
    return spaces + shown if side == ">" else shown + spaces


def _lines_of(row: Sequence[str]) -> Iterable[Sequence[str]]:
    """A row as the lines of its cells."""
    if not any("\n" in text for text in row):
        return [row]
    return zip_longest(*map(_split, row), fillvalue="")


def _split(text: str) -> list[str]:
    return [alike(line, text) for line in text.split("\n")]


def _printable(table: Table) -> Table:
    head, *rows = map(_row, table.lines)
    narrower = table.narrower and _printable(table.narrower)
    return replace(table, head=head, rows=rows, narrower=narrower)


def _row(cells: Sequence[str]) -> Sequence[str]:
    """The cells with every character that is not printable escaped."""
    if "".join(cells).isprintable():
        return cells
    return [alike(printable(text), text) for text in cells]


def _paint(line: str, style: str, color: bool) -> str:
    return f"{style}{line}{PLAIN}" if color and style and line else line


def _escaped(value: str) -> str:
    shown = printable(value)
    return "".join(f"\\{c}" if c in "\\|`*_<>[]" else c for c in shown)
