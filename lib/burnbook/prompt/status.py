"""The JSON of a status line, read with as little as possible."""

import sys
from _json import make_scanner

TYPE_CHECKING = False  # the name that type checkers know; `typing` takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

MAX_INPUT = 1 << 20  # bytes
_MOST = 1 << 16  # bytes: more is left to the command; Claude Code sends 2 kB
_SPACES = " \t\r\n"
_unused: list[bytes] = []


def read_input() -> bytes:
    """Returns stdin up to one byte more than MAX_INPUT, or what `put_back` has of it."""
    return _unused.pop() if _unused else sys.stdin.buffer.read(MAX_INPUT + 1)


def put_back(data: bytes) -> None:
    """Keeps what was read from stdin for the next `read_input`."""
    _unused[:] = [data]


def parse(data: bytes) -> "dict[str, Any] | None":
    """Returns a JSON object; None for what is none, and for what is unusual.

    The second are texts with escapes of letters, of which half a pair may be no text, numbers over
    64 bits, and over 64 KiB. The command itself decides about these.
    """
    if len(data) > _MOST or b"\\u" in data:
        return None
    try:
        text = data.decode()
        value, end = _scan(text, len(text) - len(text.lstrip(_SPACES)))
    except (ValueError, StopIteration, RecursionError):
        return None
    return value if isinstance(value, dict) and not text[end:].strip(_SPACES) else None


def _integer(text: str) -> int:
    number = int(text)
    if abs(number) >= 1 << 63:
        raise ValueError(text)
    return number


def _finite(text: str) -> float:
    number = float(text)
    if abs(number) == float("inf"):
        raise ValueError(text)
    return number


def _refuse(text: str) -> None:
    """Refuses NaN and Infinity, which are not JSON."""
    raise ValueError(text)


class _Options:
    """What json.JSONDecoder hands to its scanner in C."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = staticmethod(_finite)
    parse_int = staticmethod(_integer)
    parse_constant = staticmethod(_refuse)


# The scanner of the module json without that module, which imports `re`: 7 of 20 ms.
_scan = make_scanner(_Options())  # type: ignore[arg-type] # any object with these attributes
