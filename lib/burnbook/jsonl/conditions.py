"""The conditions of a feed on its lines: these values at these paths."""

from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from operator import itemgetter
from typing import Any

from burnbook.base.json_path import split
from burnbook.config.feeds import Conditions as Declared
from burnbook.config.feeds import Scalar
from burnbook.jsonl.fields import Shape

_FEW = 256  # combinations


class Conditions:
    """Some paths' values, each read by the index of its column in a row."""

    def __init__(self, tests: Iterable[tuple[int, Iterable[Scalar]]]) -> None:
        self._texts: list[tuple[int, frozenset[Any]]] = []
        self._others: list[tuple[int, frozenset[Any]]] = []
        for column, values in tests:
            if all(type(value) is str for value in values):
                self._texts.append((column, frozenset(values)))
            else:  # with the type: true equals 1 in Python and not in JSON
                typed = frozenset((type(value), value) for value in values)
                self._others.append((column, typed))
        # Every combination of texts that meets all: a lookup takes half the time of a loop.
        self._right: frozenset[Any] | None = None
        if self._texts and not self._others and prod(len(v) for _, v in self._texts) <= _FEW:
            columns, texts = zip(*self._texts, strict=True)
            self._right = frozenset(product(*texts) if len(columns) > 1 else texts[0])
            self._get = itemgetter(*columns)

    @property
    def columns(self) -> list[int]:
        """The columns of the values."""
        return [column for column, _ in (*self._texts, *self._others)]

    @property
    def has_texts(self) -> bool:
        """Whether all values are texts, so that equal values of a row give equal answers."""
        return not self._others

    def __bool__(self) -> bool:
        return bool(self._texts or self._others)

    def any(self, row: Sequence[Any]) -> bool:
        """Whether a row meets any of them."""
        for column, values in self._texts:
            if row[column] in values:
                return True
        for column, values in self._others:
            value = row[column]
            if value is not None and (type(value), value) in values:
                return True
        return False

    def all(self, row: Sequence[Any]) -> bool:
        """Whether a row meets all of them."""
        if self._right is not None:
            return self._get(row) in self._right
        for column, values in self._texts:
            if row[column] not in values:
                return False
        for column, values in self._others:
            value = row[column]
            if (type(value), value) not in values:
                return False
        return True


def compile_conditions(shape: Shape, declared: Declared, kind: Any) -> Conditions:
    """The conditions as columns of a shape; `kind` is the type of any value."""
    return Conditions(
        [(shape.shared(split(path), kind), values) for path, values in declared.items()]
    )
