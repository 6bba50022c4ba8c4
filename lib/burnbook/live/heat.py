"""A heat map in half blocks: two rows of squares in each line."""

import math
from collections.abc import Sequence
from itertools import zip_longest

from burnbook.live.picture import Room, Row, Span

LEVELS = 8
_SHADES = " ░░▒▒▓▓██"
_ASCII = " ..::++##"

Grid = Sequence[Sequence[float | None]]
"""Amounts by row and column; None where there is nothing to show."""


def heat(grid: Grid, names: Sequence[str], width: int, room: Room) -> list[Row]:
    """The lines of a grid; each square is `width` characters wide.

    Without colors or half blocks, each row is a line, and a square is the darker the more it is.
    """
    top = max((value or 0 for row in grid for value in row), default=0)
    levels = [[_level(value, top) for value in row] for row in grid]
    label = max(map(len, names)) + 1
    if not (room.has_color and room.has_blocks):
        shades = _SHADES if room.has_blocks else _ASCII
        return [
            [Span(name.ljust(label), "dim"), Span("".join(shades[n or 0] * width for n in row))]
            for name, row in zip(names, levels, strict=True)
        ]
    lines: list[Row] = []
    for at in range(0, len(levels), 2):
        pair = zip_longest(levels[at], levels[at + 1] if at + 1 < len(levels) else ())
        spans = [_square(upper, lower, width) for upper, lower in pair]
        lines.append([Span(names[at].ljust(label), "dim"), *spans])
    return lines


def _level(value: float | None, top: float) -> int | None:
    """0 for nothing, else 1 to LEVELS."""
    if value is None:
        return None
    return math.ceil(LEVELS * value / top) if value > 0 else 0


def _square(upper: int | None, lower: int | None, width: int) -> Span:
    if upper is None and lower is None:
        return Span(" " * width)
    if upper is None:
        return Span("▄" * width, f"h{lower}")
    return Span("▀" * width, f"h{upper}", "" if lower is None else f"h{lower}")
