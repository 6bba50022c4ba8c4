"""One line of JSON as Python values, strictly.

Refuses what two parsers could read differently (duplicate keys, numbers out of range) and what
could do harm (size, depth).
"""

import re
from typing import Any

import msgspec

from burnbook.base.errors import Refused
from burnbook.jsonl.text import quoted

MAX_LINE = 1 << 20
MAX_DEPTH = 64
MAX_DIGITS = 400  # no double has more before its point
# A line up to this length has no room for a number of too many digits and anything else.
SHORT = 512

BLANK = object()

_BOM = b"\xef\xbb\xbf"
_ESCAPED = re.compile(rb"\\.")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"')
_DIGITS = re.compile(rb"[0-9][0-9.]{%d,}+" % MAX_DIGITS)
_NOT_JSON = re.compile(r"JSON is malformed: (.*) \(byte (\d+)\)\Z")
_NO_NUMBER = re.compile(rb"-?(?:NaN|Inf(?:inity)?)", re.IGNORECASE)
_FLAT: dict[type, int] = {str: 2, int: 0, float: 0, bool: 0, type(None): 0}
_decode = msgspec.json.Decoder().decode


def parse(line: bytes) -> Any:
    """The value of a line; BLANK for a blank one. Raises Refused, and nothing else."""
    if len(line) > MAX_LINE:
        raise Refused(f"a line of over {MAX_LINE} bytes")
    try:
        value = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        bare = line.removeprefix(_BOM)
        if not bare.strip():
            return BLANK
        if bare == line:
            raise Refused(not_json(line, error)) from None
        try:
            value = _decode(bare)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            raise Refused(not_json(bare, fault)) from None
    # Every key is followed by a colon. As many colons as keys means that no key came twice, no
    # string has a colon, and nothing is nested.
    if type(value) is not dict or line.count(b":") != len(value):
        # In JSON an unescaped quote begins or ends a string. A key that came twice is in `value`
        # once, so the numbers of quotes differ.
        quotes = line.count(b'"') if b"\\" not in line else _ESCAPED.sub(b"", line).count(b'"')
        if quotes != _quotes(value):
            raise Refused(f"duplicate key {_duplicate(line)}")
    if len(line) > SHORT and _DIGITS.search(line):
        digits = _DIGITS.search(_STRING.sub(b'""', line))
        if digits:
            raise Refused(f"a number of {len(digits[0])} digits")
    return value


def _quotes(value: Any) -> int:
    if type(value) is dict:
        try:
            return 2 * len(value) + sum(map(_FLAT.__getitem__, map(type, value.values())))
        except KeyError:
            pass  # an object or a list among the values
    total, level = 0, [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if type(value) is str:
                total += 2
            elif type(value) is dict:
                total += 2 * len(value)
                below.extend(value.values())
            elif type(value) is list:
                below.extend(value)
        if not below:
            return total
        level = below
    raise Refused(f"nested deeper than {MAX_DEPTH} levels")


def _duplicate(line: bytes) -> str:
    import json  # only for the name of the duplicate key

    def once(pairs: list[tuple[str, Any]]) -> None:
        seen = set()
        for key, _ in pairs:
            if key in seen:
                raise Refused(quoted(key))
            seen.add(key)

    try:
        json.loads(line, object_pairs_hook=once)
    except Refused as error:
        return str(error)
    raise AssertionError("the quotes of a line without duplicate keys add up")


def not_json(line: bytes, error: Exception) -> str:
    """Why a line is no JSON, from the error of its decoder."""
    if b"\0" in line:
        return f"a NUL byte at byte {line.index(0)}"
    if isinstance(error, RecursionError):
        return f"nested deeper than {MAX_DEPTH} levels"
    try:
        line.decode()
    except UnicodeDecodeError as fault:
        return f"not UTF-8 at byte {fault.start}"
    text = str(error).partition(" - at `")[0]
    if isinstance(error, msgspec.ValidationError):
        return _lower(text)
    if text == "Input data was truncated":
        return "not JSON: it is cut off"
    if malformed := _NOT_JSON.match(text):
        what, byte = malformed[1], int(malformed[2])
        if word := _NO_NUMBER.match(line, byte):
            return f"not JSON: {word[0].decode()} is not a number, at byte {byte}"
        return f"not JSON: {what} at byte {byte}"
    return f"not JSON: {_lower(text)}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
