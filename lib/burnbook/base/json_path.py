"""Paths inside a JSON object, such as `usage.input_tokens`."""

import re
from typing import Any

Path = tuple[str, ...]
Paths = str | tuple[str, ...]

_STEP = re.compile(r'(?:"([^"\\\x00-\x1f]+)"|([^."\\\x00-\x1f]+))(\.|\Z)')


def several(paths: Paths) -> tuple[str, ...]:
    """Returns one or several paths as a tuple."""
    return (paths,) if isinstance(paths, str) else paths


def summands(path: str) -> list[str]:
    """Returns the paths of a sum, such as `tokens.input + tokens.tool`; of one path, itself."""
    return path.split(" + ")


def split(path: str) -> Path:
    """Returns the keys of a path. Raises ValueError if it is not a path."""
    keys, at = [], 0
    while match := _STEP.match(path, at):
        keys.append(match[1] or match[2])
        at = match.end()
        if not match[3]:
            return tuple(keys)
    raise ValueError(path)


def value_at(value: Any, path: Path) -> Any:
    """Returns the value at a path inside a decoded value; None where it is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
