"""Rows that several machines write and exchange, and the orders that a journal may have them in."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from burnbook.book import codec, precedence


def winner(rows: Sequence[Any]) -> Any:
    """Of rows with one id, the one that counts."""
    return min(rows, key=lambda row: precedence.rank(row, codec.encode(row)))


def by_id(rows: Sequence[Any]) -> dict[str, list[Any]]:
    """Rows by id."""
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.id, []).append(row)
    return groups


class Machines:
    """The books of some machines: the rows of each in their order, and who wrote them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.books: dict[str, list[Any]] = {name: [] for name in names}
        self.written: dict[str, list[Any]] = {name: [] for name in names}

    def write(self, machine: str, row: Any) -> None:
        """Append a row that a machine makes."""
        if row not in self.books[machine]:
            self.books[machine].append(row)
            self.written[machine].append(row)

    def merge(self, machine: str, other: str) -> None:
        """Append the rows of another machine."""
        own = self.books[machine]
        own += [row for row in self.books[other] if row not in own]

    @property
    def rows(self) -> list[Any]:
        """All rows."""
        return [row for rows in self.written.values() for row in rows]

    def order(self, chance: random.Random) -> list[Any]:
        """All rows, in an order that keeps that of each machine; a row follows the one that it
        supersedes."""
        waiting = {name: [*rows] for name, rows in self.written.items() if rows}
        result: list[Any] = []
        while waiting:
            ids = {row.id for row in result}
            names = [n for n, rows in waiting.items() if rows[0].supersedes in {None, *ids}]
            name = chance.choice(names)
            result.append(waiting[name].pop(0))
            waiting = {name: rows for name, rows in waiting.items() if rows}
        return result


def parts(lines: Sequence[bytes], cuts: Sequence[int]) -> list[bytes]:
    """Lines in some parts, each of which is read before the next is appended."""
    ends = sorted({min(cut, len(lines)) for cut in cuts} | {len(lines)})
    starts = [0, *ends[:-1]]
    return [b"".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)]


def in_parts(
    path: Any, lines: Sequence[bytes], cuts: Sequence[int], read: Callable[[], Any]
) -> Any:
    """Append lines to a journal in parts; returns what `read` returns after the last one."""
    path.touch()
    result = read()
    for part in parts(lines, cuts):
        with path.open("ab") as file:
            file.write(part)
        result = read()
    return result
