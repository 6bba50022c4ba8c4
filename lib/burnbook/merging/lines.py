"""The lines of journals as a merge compares them: by a hash of their bytes, and by their ids."""

import re
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.book import codec
from burnbook.book.bulk_codec import decode_all
from burnbook.rows.usage import ProxyRequest

_ID = re.compile(rb'\{(?:"row":"[a-z]+",)?"id":"([^"]{1,99})"')
_STAMPS = re.compile(rb'"recorded_at":"([^"]{1,40})","host":"((?:[^"\\]|\\.){0,300})"')
_HEAD = 400  # bytes of a line that have its first stamps
_BULK = "proxy_telemetry"
_requests: "msgspec.json.Decoder[list[Any]] | None" = None


def plain(lines: Iterable[bytes]) -> list[bytes]:
    """Returns lines as burnbook writes them, without blank ones."""
    result = []
    for line in lines:
        if line[:1] != b"{" or line[-3:] != b'"}\n':
            line = codec.plain(line)
        if line:
            result.append(line)
    return result


def keys(lines: Sequence[bytes], seed: int) -> list[int]:
    """Returns a 64-bit hash of each line.

    The seed is another one in every run. If two lines of one run have the same hash, which happens
    once in a million merges of five million rows, the next run merges the line that was left out.
    """
    return list(map(xxh3_64_intdigest, lines, repeat(seed)))


def id_of(line: bytes) -> bytes:
    """Returns the id of a row; the whole line if it has none."""
    match = _ID.match(line)
    return match[1] if match else line


def stamps(line: bytes) -> tuple[bytes, bytes] | None:
    """Returns when a row was recorded and by which host, as they are in its JSON; or None."""
    match = _STAMPS.search(line, 0, _HEAD)
    return None if match is None else (match[1], match[2])


def rows(name: str, lines: Sequence[bytes]) -> list[Any]:
    """Returns each line of a journal as its row, as `codec.read` does."""
    global _requests
    if name == _BULK and len(lines) > 1:
        if _requests is None:
            _requests = msgspec.json.Decoder(list[ProxyRequest])
        if requests := decode_all(lines, _requests):
            return requests
    return [codec.read(name, line) for line in lines]
