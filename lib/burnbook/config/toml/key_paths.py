"""Key paths such as `agents.main.capture[0]` in the values of a TOML file."""

import re
from typing import Any


def value_at(value: Any, path: str) -> Any:
    """Returns the value at a key path such as `multipliers[0].factor`, or what is above it."""
    for name in re.findall(r"[^.\[\]]+", path):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal():
            value = value[int(name)]
    return value


def remove(table: dict[str, Any], path: str) -> bool:
    """Removes the value at a key path; of a list, all of it. Returns whether there was one.

    A name of a table may have dots in it.
    """
    for name, value in table.items():
        if path == name or path.startswith(f"{name}["):
            del table[name]
            return True
        inner = path.removeprefix(f"{name}.")
        if inner != path and isinstance(value, dict) and remove(value, inner):
            return True
    return False
