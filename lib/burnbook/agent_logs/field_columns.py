"""The columns of each field of a feed's table, and the value of a field in a row."""

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

Row = tuple[Any, ...]

# For each way to read a field, in the order in which they are tried, the columns to add.
Tried = tuple[tuple[int, ...], ...]


class FieldColumns:
    """The columns of each field of a table."""

    def __init__(self, columns: dict[str, Tried]) -> None:
        self.columns = columns
        # Behind all columns there is one that is always null.
        first = (tried[0][0] if tried else -1 for tried in columns.values())
        self._first = itemgetter(*first, -1)
        self._others = [
            (n, [*map(_value_of, tried[1:] if len(tried[0]) == 1 else tried)], len(tried[0]) == 1)
            for n, tried in enumerate(columns.values())
            if len(tried) > 1 or any(len(added) > 1 for added in tried)
        ]

    def pick(self, row: Row) -> tuple[Any, ...]:
        """The fields in the order of the table: the first value that is not null, or None."""
        picked: tuple[Any, ...] = self._first(row)
        values: list[Any] | None = None
        for n, tried, is_first in self._others:
            if is_first and picked[n] is not None:
                continue
            value = None
            for value_of in tried:
                value = value_of(row)
                if value is not None:
                    break
            if values is None:
                values = list(picked)
            values[n] = value
        return picked if values is None else tuple(values)

    def of(self, names: Iterable[str]) -> list[int]:
        """All columns of some fields."""
        return [c for name in names for columns in self.columns[name] for c in columns]

    def others(self, row: Row, name: str) -> list[Any]:
        """The values of the other ways to read a field."""
        return [_sum(row, added) for added in self.columns[name][1:]]


def _value_of(columns: tuple[int, ...]) -> Callable[[Row], Any]:
    if len(columns) == 1:
        return itemgetter(*columns)
    return lambda row: _sum(row, columns)


def _sum(row: Row, columns: tuple[int, ...]) -> Any:
    values = [row[column] for column in columns if row[column] is not None]
    return sum(values) if values else None
