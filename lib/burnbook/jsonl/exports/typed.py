"""The values of OTLP/JSON: typed values, attributes, times, and keys in either spelling."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from burnbook.rows.meters import MAX_TEXT

Record = dict[str, Any]

# The values of attributes that some SDKs write as text.
_AMOUNT = re.compile(r"(?:tokens?|cost|count|duration_ms|usd)(?:\b|_|$)")
_NUMBER = re.compile(r"\d{1,18}(?:\.\d{1,18})?")
_DEPTH = 8  # of lists among the attributes
_NANOS = 1_000_000_000


def attributes_of(value: Any) -> Record:
    """Attributes as a map of plain values, without those that are null or too long."""
    if isinstance(value, list):
        pairs = [(each.get("key"), each.get("value")) for each in objects(value)]
    elif isinstance(value, dict):
        pairs = list(value.items())
    else:
        return {}
    attributes: Record = {}
    for key, item in pairs:
        simple = plain(item)
        if isinstance(key, str) and simple is not None:
            attributes[key] = number_of(simple) if _AMOUNT.search(key) else simple
    return attributes


def plain(value: Any, depth: int = _DEPTH) -> Any:
    """A typed value as a plain one; None for one that is no text, number or bool."""
    if isinstance(value, dict):
        if (number := first(value, "intValue")) is not None:
            return number_of(number)
        items = first(value, "arrayValue")
        if items is not None:
            return plain(object_of(items).get("values"), depth - 1) if depth else None
        return plain(first(value, "stringValue", "doubleValue", "boolValue"), depth - 1)
    if isinstance(value, list):
        return plain(value[0], depth - 1) if value and depth else None
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT else None
    return value if isinstance(value, int | float) else None


def number_of(value: Any) -> Any:
    """A number that may be written as text; anything else as it is, for the reason of a reject."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    return float(value) if "." in value else int(value)


def nanos_of(value: Any) -> int | None:
    """A time in nanoseconds since 1970: a number or text of it, seconds and the rest, or ISO."""
    if isinstance(value, list) and len(value) == 2 and all(type(n) is int for n in value):
        return int(value[0]) * _NANOS + int(value[1]) or None
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 21:
        return int(value) or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value) or None if abs(value) < 1e20 else None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1_000_000) * 1000


def iso(nanos: int | None) -> str | None:
    """A time as the text of a row; None where it is missing or no time."""
    if nanos is None:
        return None
    seconds, micros = divmod((nanos + 500) // 1000, 1_000_000)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return moment.replace(microsecond=micros).isoformat()


def first(value: Record, *names: str) -> Any:
    """The first of some fields that is not null, in either spelling."""
    for name in names:
        found = either(value, name)
        if found is not None:
            return found
    return None


def either(value: Record, name: str) -> Any:
    """A field in camelCase or in snake_case."""
    found = value.get(name)
    return value.get(_snake(name)) if found is None else found


@lru_cache(64)
def _snake(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


def object_of(value: Any) -> Record:
    """The object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Record]:
    """The objects in a list; none for anything else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str | None:
    """The text, unless it is empty or too long; None for anything else."""
    return value if isinstance(value, str) and 0 < len(value) <= MAX_TEXT else None
