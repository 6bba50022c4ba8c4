"""The records in a line that is not one JSON value.

Two writers, or a writer after one that was killed, leave several records in one line, whole ones
and parts. A disk that lost power leaves NULs between them.
"""

import json
import re

import msgspec

_MOST_RECORDS = 20_000  # at the beginning of a line; it bounds the memory of rows
_MOST_SCANNED = 1 << 24  # characters of a line, to find the records at its end: 0.3 s
_BLANK = " \t\r\n"
_BLANKS = re.compile(f"[{_BLANK}]*")
BOM = b"\xef\xbb\xbf"
# Pairs of surrogates come first, so that what group 1 matches is half of one.
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_check = msgspec.json.Decoder(msgspec.Raw).decode
_scan = json.JSONDecoder(strict=False).raw_decode


def without_half_pairs(line: bytes) -> bytes:
    """The line with U+FFFD for half surrogate pairs: agents write them where they cut a text."""
    if b"\\ud" not in line and b"\\uD" not in line:
        return line
    return _ESCAPES.sub(lambda match: rb"\ufffd" if match[1] else match[0], line)


def records(line: bytes) -> list[bytes]:
    """The whole records in a line, in order, and the parts between them; mostly the line itself."""
    line = without_half_pairs(line)
    if _is_value(line):
        return [line]
    pieces = [piece for part in line.split(b"\0") if part.strip() for piece in _pieces(part)]
    return pieces if any(p.startswith(b"{") and _is_value(p) for p in pieces) else [line]


def _is_value(line: bytes) -> bool:
    try:
        _check(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _pieces(line: bytes) -> list[bytes]:
    line = line.removeprefix(BOM).strip()
    # One character per byte, whatever bytes they are: the structure of JSON is ASCII.
    text = line.decode("latin-1")
    begin, end = 0, len(text)
    first: list[bytes] = []
    last: list[bytes] = []
    while len(first) < _MOST_RECORDS and (stop := _end_of_object(text, begin)) is not None:
        first.append(line[begin:stop])
        begin = _end_of_blanks(text, stop)
    # After a part, the last record is the one that ends with the line.
    start, scanned = end, 0
    while scanned < _MOST_SCANNED and (start := text.rfind('{"', begin, start)) >= 0:
        scanned += end - start
        if _end_of_object(text[start:end], 0) == end - start:
            last.append(line[start:end])
            end = start
            while end > begin and text[end - 1] in _BLANK:
                end -= 1
    rest = line[begin:end].strip()
    return [*first, *([rest] if rest else []), *reversed(last)]


def _end_of_blanks(text: str, start: int) -> int:
    match = _BLANKS.match(text, start)
    return match.end() if match else start


def _end_of_object(text: str, start: int) -> int | None:
    """The end of the object that begins at `start`; None if no whole object begins there."""
    if not text.startswith("{", start):
        return None
    try:
        return _scan(text, start)[1]
    except (ValueError, RecursionError):
        return None
