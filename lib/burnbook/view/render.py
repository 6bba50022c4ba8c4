"""Renders the result of a command as text, JSON or markdown."""

from collections.abc import Sequence
from typing import Any

import msgspec

from burnbook.base.text import printable
from burnbook.view.parts import Line, Part, Table, Title

_BOLD, _DIM, _PLAIN = "\033[1m", "\033[2m", "\033[0m"


def text(parts: Sequence[Part], *, colour: bool) -> str:
    """Returns aligned lines, with a blank line before each title."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Title):
            lines += [""] if lines else []
            lines.append(_paint(printable(part.text), _BOLD, colour))
        elif isinstance(part, Line):
            shown = printable(part.text)
            lines.append(_paint(shown, _BOLD, colour) if part.strong else shown)
        else:
            lines += _aligned(part, colour)
    return "".join(f"{line}\n" for line in lines)


def markdown(parts: Sequence[Part]) -> str:
    """Returns the parts as markdown: headings, tables and a list of lines."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Title):
            lines += ["", f"### {_escaped(part.text)}", ""]
        elif isinstance(part, Line):
            shown = _escaped(part.text.strip())
            lines.append(f"- **{shown}**" if part.strong else f"- {shown}")
        else:
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


def _aligned(table: Table, colour: bool) -> list[str]:
    rows = [[printable(cell) for cell in row] for row in (table.head, *table.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if side == ">" else cell.ljust(width)
            for cell, width, side in zip(row, widths, table.align, strict=True)
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    lines[0] = _paint(lines[0], _DIM, colour)
    return lines


def _paint(line: str, style: str, colour: bool) -> str:
    return f"{style}{line}{_PLAIN}" if colour and line else line


def _escaped(value: str) -> str:
    shown = printable(value)
    return "".join(f"\\{c}" if c in "\\|`*_<>[]" else c for c in shown)
