"""Encodes rows in bulk: the same lines as `codec.encode`, a few times faster.

The values come from a decoder that has validated and redacted them. The id is a letter and the
row's 64-bit key.
"""

import os
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any

import msgspec

from burnbook import __version__
from burnbook.book.codec import BOM, MAX_LINE, SCHEMA_VERSION
from burnbook.times import clock

_CRC, _CLOSE = b',"crc":"', b'"}\n'


class Stamp:
    """The stamps that all rows of one batch share.

    A line is `size` bytes longer than its payload and its added fields.
    """

    def __init__(self, letter: str, agent: str | None, window: str | None, source: str) -> None:
        shared = {
            "schema_version": SCHEMA_VERSION,
            "tool_version": __version__,
            "recorded_at": clock.wall_clock(),
            "host": os.uname().nodename,
            "agent": agent,
            "window": window,
            "source": source,
        }
        known = {name: value for name, value in shared.items() if value is not None}
        self._head = b'{"id":"%b-' % letter.encode()
        self._shared = b'",' + msgspec.json.encode(known)[1:-1] + b","
        self.size = len(self._head + self._shared + _CRC + _CLOSE) + 16 + 8

    def lines(
        self,
        keys: Sequence[int],
        payloads: Sequence[bytes],
        added: Iterable[bytes] = repeat(b""),
    ) -> bytes:
        """Returns a line for each key, from its payload and added fields (JSON without braces).

        Every step runs over all rows in C. A few hundred rows at a time stay in the cache.
        """
        parts = zip(repeat(self._head), _hex("Q", keys), repeat(self._shared), payloads, added)
        bodies = list(map(b"".join, parts))
        crcs = _hex("I", map(zlib.crc32, bodies))
        lines = zip(bodies, repeat(_CRC), crcs, repeat(_CLOSE))
        return b"".join(chain.from_iterable(lines))


def _hex(kind: str, numbers: Iterable[int]) -> list[bytes]:
    """Returns each number as hex digits: 16 for kind Q, 8 for kind I."""
    packed = array(kind, numbers)
    if sys.byteorder == "little":
        packed.byteswap()
    return packed.tobytes().hex("\n", packed.itemsize).encode().split(b"\n")


def key_of(line: bytes) -> int | None:
    """Returns the key of a line from `Stamp.lines`; None for any other line."""
    try:
        key = int(line.removeprefix(BOM)[9:25], 16)
    except ValueError:
        return None
    return key if key >= 0 else None  # an edited id may have a minus sign there


def decode_all(lines: Sequence[bytes], decoder: "msgspec.json.Decoder[list[Any]]") -> list[Any]:
    """Returns the rows of many lines, a third faster than one by one; none if a line is invalid.

    Only lines as burnbook writes them are valid here; `verify` checks the others.
    """
    size = len(_CRC) + 8 + len(_CLOSE)
    # All in C, which takes half of the time of a look at each line.
    crcs = _hex("I", map(zlib.crc32, [line[:-size] for line in lines]))
    ends = _CRC + (_CLOSE + _CRC).join(crcs) + _CLOSE
    if b"".join([line[-size:] for line in lines]) != ends or max(map(len, lines)) > MAX_LINE:
        return []
    try:
        rows = decoder.decode(b"[" + b",".join(lines) + b"]")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    versions = {row.schema_version for row in rows}
    return rows if len(rows) == len(lines) and versions == {SCHEMA_VERSION} else []
