"""Tables that fit a terminal: cells wrap between words, and nothing is cut inside a word.

Words joined with JOIN stay on one line.
"""

from collections.abc import Sequence
from textwrap import wrap

from burnbook.view.parts import Table

JOIN = "\u00a0"
_GAP = 2  # between columns, and before the first


def fitted(tables: Sequence[Table], columns: int | None) -> Table:
    """Returns the first table that fits with its cells wrapped; None is no limit.

    `tables` has the one with most columns first. If none fits, the last one is as narrow as its
    words allow.
    """
    if columns is None:
        return _wrapped(tables[0], _natural(tables[0]))
    narrowest = [_least(table) for table in tables]
    for table, least in zip(tables, narrowest, strict=True):
        if _total(least) <= columns or table is tables[-1]:
            return _wrapped(table, _narrowed(table, least, columns))
    raise AssertionError("tables is empty")


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * len(widths)


def _cells(table: Table) -> list[tuple[str, ...]]:
    return list(zip(table.head, *table.rows, strict=True))


def _least(table: Table) -> list[int]:
    """The width of the longest word of each column."""
    return [max(len(w) for cell in column for w in cell.split(" ")) for column in _cells(table)]


def _natural(table: Table) -> list[int]:
    return [max(map(len, column)) for column in _cells(table)]


def _narrowed(table: Table, least: Sequence[int], columns: int) -> list[int]:
    """The natural widths; while they do not fit, the widest column that can wrap is narrower."""
    widths = _natural(table)
    while _total(widths) > columns:
        wider = [at for at, width in enumerate(widths) if width > least[at]]
        if not wider:
            break
        widths[max(wider, key=lambda at: widths[at])] -= 1
    return widths


def _wrapped(table: Table, widths: Sequence[int]) -> Table:
    rows = []
    for row in table.rows:
        stacks = [
            wrap(cell, max(width, 1), break_long_words=False, break_on_hyphens=False) or [""]
            for cell, width in zip(row, widths, strict=True)
        ]
        for at in range(max(map(len, stacks))):
            line = [stack[at] if at < len(stack) else "" for stack in stacks]
            rows.append([cell.replace(JOIN, " ") for cell in line])
    return Table(table.head, rows, table.align)
