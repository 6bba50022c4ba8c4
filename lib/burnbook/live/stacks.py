"""Stacked columns of block characters, exact to an eighth of a character."""

from collections.abc import Sequence

from burnbook.live.picture import Room, Row, Span

_HEIGHTS = " ▁▂▃▄▅▆▇█"
_ASCII = " ...::::#"
Column = Sequence[tuple[str, float]]
"""The amounts of a column with their styles, from the bottom up."""


def stacks(columns: Sequence[Column], top: float, height: int, room: Room) -> list[list[Span]]:
    """The cells of each row, the highest row first: a span of one character for each column.

    `top` is the amount that fills the height. An amount above 0 is never invisible. A cell has room
    for two styles; where three meet, the thinnest is left out. Without colors, a column has the
    height of its sum.
    """
    filled = [_eighths(_plain(column, room), top, height * 8) for column in columns]
    return [
        [_cell(pieces, row * 8, room) for pieces in filled] for row in range(height - 1, -1, -1)
    ]


def _plain(column: Column, room: Room) -> Column:
    return column if room.has_color else [("", sum(amount for _, amount in column))]


def _eighths(column: Column, top: float, most: int) -> list[tuple[str, int, int]]:
    """(Style, from, to) of each amount, in eighths from the bottom."""
    result: list[tuple[str, int, int]] = []
    total, start = 0.0, 0
    for style, amount in column:
        total += amount
        end = min(most, round(total / top * most)) if top else 0
        if total > 0 and not result:
            end = max(end, 1)
        if end > start:
            result.append((style, start, end))
            start = end
    return result


def _cell(pieces: Sequence[tuple[str, int, int]], bottom: int, room: Room) -> Span:
    inside = [
        (style, min(end, bottom + 8) - max(start, bottom))
        for style, start, end in pieces
        if start < bottom + 8 and end > bottom
    ]
    heights = _HEIGHTS if room.has_blocks else _ASCII
    if not inside:
        return Span(" ")
    used = sum(height for _, height in inside)
    if not room.has_blocks or len(inside) == 1:
        return Span(heights[used], max(inside, key=lambda each: each[1])[0])
    if used < 8:  # above the column is the page, so it gets one style
        return Span(heights[used], max(inside, key=lambda each: each[1])[0])
    (lower, height), *others = inside
    if len(others) > 1 and height == min(each for _, each in inside):
        (lower, height), *others = (others[0][0], height + others[0][1]), *others[1:]
    upper = max(others, key=lambda each: each[1])[0]
    return Span(heights[height], lower, upper)


def axis(labels: Sequence[tuple[int, str]], columns: int) -> Row:
    """A row with labels at their columns; one that would touch the label before is left out."""
    text = ""
    for at, label in labels:
        if (at > len(text) or at == 0) and at + len(label) <= columns:
            text = text.ljust(at) + label
    return [Span(text, "dim")]
