"""Reads a small file that is one JSON document."""

import os
import stat
from typing import Any

import msgspec


class Unreadable(Exception):
    """The file exists and is no JSON document, or may not be read."""


def load(path: str, most: int) -> Any:
    """The value in a file of at most `most` bytes. Raises FileNotFoundError and Unreadable."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Unreadable(path)
            return msgspec.json.decode(file.read(most))
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(path) from error
