"""Compiles paths inside a line to a struct type with these fields and a getter of their values.

msgspec then finds, checks and collects the values in C, and reports the path of a wrong value.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

import msgspec

from burnbook.base.json_path import Path

# The attribute of a path that no line has.
ABSENT = "absent"
NULL = msgspec.Raw(b"null")


class Getter:
    """Returns the columns of a value as a tuple; `all` those of many values.

    `columns` are the attributes, with dots, of each.
    """

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns
        self._direct: Callable[[Any], tuple[Any, ...]] = attrgetter(*columns)
        self._each = [attrgetter(column) for column in columns]

    def __call__(self, value: Any) -> tuple[Any, ...]:
        """The tuple of a value."""
        try:
            return self._direct(value)
        except AttributeError:  # an object on the way to a value is null
            return tuple([_value(get, value) for get in self._each])

    def all(self, values: list[Any]) -> list[tuple[Any, ...]]:
        """The tuples of many values, in C for most."""
        rows: list[tuple[Any, ...]] = []
        rest = iter(values)
        while len(rows) < len(values):
            try:
                rows.extend(map(self._direct, rest))
            except AttributeError:  # `rest` continues after the value that failed
                rows.append(self(values[len(rows)]))
        return rows


class Shape:
    """A struct type under construction: `column` names a value, `build` makes the type.

    With `lenient`, a value of another type instead of an object is ignored.
    """

    def __init__(self, *, lenient: bool = False) -> None:
        self._below = str | int | float | bool | list[Any] if lenient else None
        self._tree: dict[str, Any] = {}
        self._columns: list[str] = []
        self._kinds: dict[Path, Any] = {}
        self._defaults: dict[Path, Any] = {}

    def column(self, path: Path | None, kind: Any, default: Any = None) -> int:
        """The index of a path's value in the getter's result; the path None is always null.

        The columns come in the order of the calls. A path keeps its first type and default, which
        is the value where an object that exists does not have the key.
        """
        if path is None:
            self._columns.append(ABSENT)
        else:
            if path not in self._kinds:
                self._kinds[path], self._defaults[path] = kind, default
            self._columns.append(".".join(self._attributes(path)))
        return len(self._columns) - 1

    def shared(self, path: Path, kind: Any) -> int:
        """The index of a path's value, which may be an existing column."""
        named = ".".join(self._attributes(path))
        return self._columns.index(named) if path in self._kinds else self.column(path, kind)

    def object(self, path: Path, keys: Mapping[str, Any], kind: Any) -> tuple[int, list[str]]:
        """The index of an object that is a struct, and the attributes of some of its values.

        `keys` are those of the values, with the default of each. It costs less than a column for
        each value, where most rows need few of them.
        """
        attributes = []
        for key, default in keys.items():
            self._kinds[*path, key], self._defaults[*path, key] = kind, default
            *_, attribute = self._attributes((*path, key))
            attributes.append(attribute)
        self._columns.append(".".join(self._attributes(path)))
        return len(self._columns) - 1, attributes

    def _attributes(self, path: Path) -> Iterable[str]:
        level = self._tree
        for key in path:
            attribute, level = level.setdefault(key, (f"f{len(level)}", {}))
            yield attribute

    def build(self) -> tuple[Any, Getter]:
        """The struct type, and the getter of a value of it."""
        return self._struct((), self._tree), self.getter(range(len(self._columns)))

    def getter(self, chosen: Iterable[int]) -> Getter:
        """The function that returns some columns of a value of the type."""
        # Two more columns: attrgetter returns a tuple only for two or more.
        columns = [*(self._columns[index] for index in chosen), ABSENT, ABSENT]
        return Getter(columns)

    def _struct(self, above: Path, level: dict[str, Any]) -> Any:
        fields: list[tuple[str, Any, Any]] = []
        for key, (attribute, below) in level.items():
            path = (*above, key)
            if below:
                inner = self._struct(path, below)
                kind = inner | None if self._below is None else inner | self._below | None
                fields.append((attribute, kind, inner()))
            else:
                fields.append((attribute, *_field(self._kinds[path], self._defaults[path])))
        return msgspec.defstruct(
            "Line",
            fields,
            gc=False,
            # Lines share the empty objects that stand for absent ones: 1.3 times as fast.
            frozen=True,
            rename={attribute: key for key, (attribute, _) in level.items()},
            namespace={ABSENT: None},
        )


def _field(kind: Any, default: Any) -> tuple[Any, Any]:
    """The type and default of a value; raw JSON contains its own null."""
    return (kind, NULL) if kind is msgspec.Raw else (kind | None, default)


def _value(get: Callable[[Any], Any], row: Any) -> Any:
    """The value of one column; None where an object on the way to it is null, or is a text."""
    try:
        return get(row)
    except AttributeError:
        return None
