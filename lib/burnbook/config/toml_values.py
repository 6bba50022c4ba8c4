"""TOML files of config/ as values, without those that no key may have.

The types of the keys do not exclude a NUL in a path, an infinite number or a text that is too long
for a message. This check of every value in a file does, whichever key the value belongs to.
"""

import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

MAX_TEXT = 4096  # bytes: the longest path
MAX_PROGRAM = 65_536  # bytes: Linux refuses an argument of 131,072
MAX_KEY = 256  # characters
MAX_DEPTH = 16  # the declarations need 6
# Keys whose text may have several lines: a jq program, a script after `sh -c`.
PROGRAMS = ("argv", "capture", "command", "map")

_SHOWN = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_PROGRAM = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INT64 = range(-(1 << 63), 1 << 63)


class Fault(NamedTuple):
    """A value that no key may have: its key path, the value, and what is valid."""

    key: str
    value: Any
    valid: str


def parse(text: str) -> dict[str, Any]:
    """The values of a file. Raises ValueError, which says what is wrong with it as TOML."""
    import tomli  # 1 ms, which a status line that needs no setting saves

    try:
        return tomli.loads(text)
    except RecursionError as error:
        raise ValueError(str(error)) from None
    except tomli.TOMLDecodeError:
        raise
    except ValueError:  # Python's limit for decimal digits, whose message is about sys
        digits = re.search(r"[0-9][0-9_]{4000,}", text)
        line = text.count("\n", 0, digits.start()) + 1 if digits else 1
        raise ValueError(f"an integer has more than 64 bits (at line {line})") from None


def faults(value: Any, path: str = "", key: str = "", depth: int = 0) -> Iterator[Fault]:
    """Every value that no key may have, and every key that no table may have."""
    if isinstance(value, dict | list) and depth == MAX_DEPTH:
        yield Fault(path, "...", f"tables and lists, at most {MAX_DEPTH} of them inside each other")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if _CONTROL.search(name) or len(name) > MAX_KEY:
                valid = f"a key of at most {MAX_KEY} characters without control characters"
                yield Fault(path or "a key", name, valid)
            else:
                yield from faults(inner, f"{path}.{name}".lstrip("."), name, depth + 1)
    elif isinstance(value, list):
        first = value[0] if value else None
        if key in PROGRAMS and isinstance(first, str) and not first.strip():
            yield Fault(f"{path}[0]", first, "a program, and its arguments after it")
        for number, inner in enumerate(value):
            yield from faults(inner, f"{path}[{number}]", key, depth + 1)
    elif valid := _limit(value, key):
        yield Fault(path, value, valid)


def _limit(value: Any, key: str) -> str:
    """What a value of this key has to be; empty where it is that."""
    if isinstance(value, str):
        is_program = key in PROGRAMS
        most = MAX_PROGRAM if is_program else MAX_TEXT
        if (_CONTROL_IN_PROGRAM if is_program else _CONTROL).search(value):
            return "text without control characters"
        if len(value) > most or len(value.encode()) > most:
            return f"text of at most {most:,} bytes"
    if isinstance(value, float) and not math.isfinite(value):
        return "a finite number"
    if isinstance(value, int) and value not in _INT64:
        return "an integer of at most 64 bits"
    return ""


def shown(value: Any) -> str:
    """A value as a message has it: as Python writes it, and cut where it is long."""
    is_huge = isinstance(value, int) and value not in _INT64
    text = f"{value:#x}" if is_huge else repr(value)  # repr refuses over 4300 digits
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text):,} characters)"
