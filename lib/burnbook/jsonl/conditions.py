"""The conditions of a feed on its lines: these values at these paths."""

from collections.abc import Iterable, Sequence
from typing import Any

from burnbook.base.json_path import split
from burnbook.config.feeds import Conditions as Declared
from burnbook.config.feeds import Scalar
from burnbook.jsonl.fields import Shape


class Conditions:
    """Some paths' values, each read by the index of its column in a row."""

    def __init__(self, tests: Iterable[tuple[int, Iterable[Scalar]]]) -> None:
        # With the type: true equals 1 in Python and not in JSON.
        self._tests = [
            (column, frozenset((type(v), v) for v in values)) for column, values in tests
        ]

    def __bool__(self) -> bool:
        return bool(self._tests)

    def any(self, row: Sequence[Any]) -> bool:
        """Whether a row meets any of them."""
        for column, values in self._tests:
            value = row[column]
            if (type(value), value) in values:
                return True
        return False

    def all(self, row: Sequence[Any]) -> bool:
        """Whether a row meets all of them."""
        for column, values in self._tests:
            value = row[column]
            if (type(value), value) not in values:
                return False
        return True


def compile_conditions(shape: Shape, declared: Declared, kind: Any) -> Conditions:
    """The conditions as columns of a shape; `kind` is the type of any value."""
    return Conditions(
        [(shape.shared(split(path), kind), values) for path, values in declared.items()]
    )
