"""Finds usage under keys that a feed does not know: the agent may write another format now."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from burnbook.base.json_path import Path, value_at

_NAME = re.compile("token|usage", re.IGNORECASE)
# A key with such a name, and a count or an object.
_NAMED = re.compile(rb'"[A-Za-z_]{0,32}(?:[tT]okens?|[uU]sage)[A-Za-z_]{0,32}"\s*:\s*[1-9{]')


def has_unknown_usage(item: Any, paths: Iterable[Path]) -> bool:
    """Whether an item has usage beside the paths of counts, of which it has none."""
    above = {path[:length] for path in paths for length in range(len(path))}
    return any(_has_usage(value_at(item, path)) for path in above)


def names_usage(document: msgspec.Raw) -> bool:
    """Whether a document that lacks its list has usage anywhere."""
    return _NAMED.search(bytes(document)) is not None


def _has_usage(value: Any) -> bool:
    inner = value if isinstance(value, dict) else {}
    return any(_NAME.search(key) and _counts(count) for key, count in inner.items())


def _counts(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_counts, value.values()))
    return type(value) is int and value > 0
