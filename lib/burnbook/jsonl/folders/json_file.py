"""Reads a small file, which may be one JSON document."""

import os
import stat
from typing import Any

import msgspec

from burnbook.jsonl.records import BOM, without_half_pairs


class Unreadable(Exception):
    """The file exists, but it is too large, no regular file, no JSON, or may not be read."""


def read(path: str, most: int) -> bytes:
    """The bytes of a file of at most `most` bytes. Raises FileNotFoundError and Unreadable."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            is_file = stat.S_ISREG(os.fstat(handle).st_mode)
            data = file.read(most + 1) if is_file else b""
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except OSError as error:
        raise Unreadable(path) from error
    if not is_file or len(data) > most:
        raise Unreadable(path)
    return data


def load(path: str, most: int) -> Any:
    """The value in a file of at most `most` bytes. Raises FileNotFoundError and Unreadable."""
    try:
        return msgspec.json.decode(without_half_pairs(read(path, most).removeprefix(BOM)))
    except (ValueError, RecursionError) as error:
        raise Unreadable(path) from error
