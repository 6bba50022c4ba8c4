"""The Arrow types of the fields of rows, from their msgspec types.

A value that may be of several types is text, and an object of such values is JSON text.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import inspect

MOMENT = pa.timestamp("us", tz="UTC")

Convert = Callable[[Any], Any] | None
_SCALARS: dict[Any, Any] = {
    inspect.IntType: pa.int64(),
    inspect.FloatType: pa.float64(),
    inspect.BoolType: pa.bool_(),
    inspect.StrType: pa.string(),
    inspect.DateTimeType: MOMENT,
}


def array(values: Sequence[Any], kind: Any) -> Any:
    """Returns an Arrow array. A value that the type cannot have, such as 10**30, is null."""
    try:
        return pa.array(values, kind)
    except (OverflowError, UnicodeEncodeError, pa.ArrowException):
        return pa.array([_possible(value, kind) for value in values], kind)


def _possible(value: Any, kind: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    try:
        pa.array([value], kind)
    except (OverflowError, UnicodeEncodeError, pa.ArrowException):
        return None
    return value


def kinds_of(kind: Any) -> list[Any]:
    """Returns the types of rows that a journal may have."""
    info: Any = inspect.type_info(kind)
    return list(info.types) if isinstance(info, inspect.UnionType) else [info]


def column(kind: Any) -> tuple[Any, Convert]:
    """Returns the Arrow type of a msgspec type, and what makes a value fit; None if it does."""
    if isinstance(kind, inspect.Metadata):
        return column(kind.type)
    if isinstance(kind, inspect.UnionType):
        others = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        return column(others[0]) if len(others) == 1 else (pa.string(), _text)
    if type(kind) in _SCALARS:
        return _SCALARS[type(kind)], None
    if isinstance(kind, inspect.LiteralType):
        texts = all(isinstance(value, str) for value in kind.values)
        return (pa.string(), None) if texts else (pa.int64(), None)
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        inner, convert = column(kind.item_type)
        return pa.list_(inner), _each(convert)
    if isinstance(kind, inspect.StructType):
        return _struct(kind)
    if isinstance(kind, inspect.DictType) and not _is_free(kind.value_type):
        inner, convert = column(kind.value_type)
        return pa.map_(pa.string(), inner), _pairs(convert)
    return pa.string(), _json


def _is_free(kind: Any) -> bool:
    if isinstance(kind, inspect.Metadata):
        return _is_free(kind.type)
    return isinstance(kind, inspect.UnionType | inspect.AnyType)


def _struct(kind: Any) -> tuple[Any, Convert]:
    columns = {field.name: column(field.type) for field in kind.fields}
    inner = pa.struct([(name, arrow) for name, (arrow, _) in columns.items()])

    def convert(value: Any) -> dict[str, Any]:
        fields = {}
        for name, (_, change) in columns.items():
            item = getattr(value, name)
            fields[name] = item if item is None or change is None else change(item)
        return fields

    return inner, convert


def _each(convert: Convert) -> Convert:
    if convert is None:
        return list
    return lambda values: [None if value is None else convert(value) for value in values]


def _pairs(convert: Convert) -> Convert:
    if convert is None:
        return lambda value: list(value.items())
    return lambda value: [(k, None if v is None else convert(v)) for k, v in value.items()]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if type(value) is int else _json(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
