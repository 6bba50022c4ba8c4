"""Renders the result of a command as text, JSON or markdown."""

from collections.abc import Iterator, Sequence
from itertools import repeat, zip_longest
from typing import Any

import msgspec

from burnbook.base.text import printable
from burnbook.view.drawing import trend
from burnbook.view.fit import columns_of, fitted, wrapped
from burnbook.view.levels import BOLD, PLAIN, STYLES, alike, cell, level_of
from burnbook.view.parts import Line, Part, Table, Title


def text(parts: Sequence[Part], *, color: bool, columns: int | None = None) -> str:
    """Returns aligned lines of at most `columns`, with a blank line before each title."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Title):
            lines += [""] if lines else []
            lines += _words(part.text, columns, BOLD, color)
        elif isinstance(part, Line):
            style = (BOLD if part.strong else "") + STYLES.get(part.level, "")
            lines += _words(part.text, columns, style, color)
        elif isinstance(part, Table):
            lines += _aligned(part, color, columns)
        elif columns is not None:
            room = columns - len(part.label) - 2
            lines.append(f"{part.label}  {trend(part.values[-room:])}")
            lines += wrapped(part.text, columns) if part.text else []
    return "".join(f"{line}\n" for line in lines)


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
    shown = msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
    if not shown.isascii() or "\x7f" in shown:
        shown = "".join(c if c.isprintable() or c == "\n" else _unit(c) for c in shown)
    return f"{shown}\n"


def _unit(char: str) -> str:
    """Returns a character as a JSON escape: one or two UTF-16 units."""
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _aligned(table: Table, color: bool, columns: int | None) -> list[str]:
    shown, left_out = fitted(_printable(table), columns)
    rows = [*_lines_of([cell(text, "dim") for text in shown.head])]
    rows += [line for row in shown.rows for line in _lines_of(row)]
    widths = [max(columns_of(row[n]) for row in rows) for n in range(len(shown.align))]
    lines = []
    for row in rows:
        cells = map(_painted_cell, row, widths, shown.align, repeat(color))
        lines.append("  " + "  ".join(cells).rstrip())
    if missing := ", ".join(filter(None, left_out)):
        note = f"  (not shown, for lack of room: {missing})"
        lines += _words(note, columns, STYLES["dim"], color)
    return lines


def _painted_cell(text: str, width: int, side: str, color: bool) -> str:
    spaces = " " * (width - columns_of(text))
    shown = _paint(text, STYLES.get(level_of(text), ""), color)
    return spaces + shown if side == ">" else shown + spaces


def _lines_of(row: Sequence[str]) -> Iterator[Sequence[str]]:
    """A row as the lines of its cells."""
    return zip_longest(*map(_split, row), fillvalue="")


def _split(text: str) -> list[str]:
    return [alike(line, text) for line in text.split("\n")]


def _printable(table: Table) -> Table:
    head, *rows = [[alike(printable(text), text) for text in line] for line in table.lines]
    narrower = table.narrower and _printable(table.narrower)
    return table._replace(head=head, rows=rows, narrower=narrower)


def _paint(line: str, style: str, color: bool) -> str:
    return f"{style}{line}{PLAIN}" if color and style and line else line


def _escaped(value: str) -> str:
    shown = printable(value)
    return "".join(f"\\{c}" if c in "\\|`*_<>[]" else c for c in shown)
