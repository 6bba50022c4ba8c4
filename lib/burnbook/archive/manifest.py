"""The first and the last member of an archive: its format, and a hash of every file in it."""

import os
from datetime import datetime
from typing import TypeVar

import msgspec

from burnbook import __version__
from burnbook.archive.tar import Damaged
from burnbook.base.errors import BadData
from burnbook.times import clock

FORMAT = 1
FIRST, LAST = "archive.json", "manifest.json"
BOOK, CONFIG = "book/", "config/"
MAX_FIRST, MAX_LAST = 1 << 16, 1 << 26  # bytes
MAX_FILES = 300_000

T = TypeVar("T")


class About(msgspec.Struct, frozen=True):
    """`archive.json`: who wrote the archive, when, and in which format."""

    format: int
    tool_version: str
    created_at: datetime
    host: str


class File(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file: its name in the archive, its size, and its SHA-256 as hex digits.

    A journal also has the number of its lines, and the id of the last one if that is a row.
    """

    path: str
    bytes: int
    sha256: str
    rows: int | None = None
    last_id: str | None = None


class Manifest(msgspec.Struct, frozen=True):
    """`manifest.json`: the sum of all journals' rows, and every file in the archive's order."""

    rows: int
    files: list[File]


def about() -> About:
    """Returns the first member of an archive that is written now."""
    return About(FORMAT, __version__, clock.now(), os.uname().nodename)


def encoded(value: About | Manifest) -> bytes:
    """Returns a member as JSON for people, with a line end."""
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"


def decode_about(data: bytes) -> About:
    """Returns the first member. Raises BadData if a newer version wrote it, else Damaged."""
    try:
        newer = msgspec.json.decode(data, type=_Format)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Damaged(f"its {FIRST} cannot be read") from None
    if newer.format > FORMAT:
        raise BadData(
            f"has format {newer.format}, written by burnbook {newer.tool_version[:40]!a}; this "
            f"burnbook reads format {FORMAT}; restore it with that version"
        )
    return _decoded(data, About, FIRST)


def decode_manifest(data: bytes) -> Manifest:
    """Returns the last member. Raises Damaged."""
    return _decoded(data, Manifest, LAST)


class _Format(msgspec.Struct):
    format: int
    tool_version: str = "?"


def _decoded(data: bytes, kind: type[T], name: str) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Damaged(f"its {name} cannot be read") from None
