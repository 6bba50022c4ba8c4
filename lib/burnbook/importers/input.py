"""The input of `import`: a file or stdin."""

import os
import stat
import sys
from datetime import datetime
from typing import Any, NamedTuple

from burnbook.base.errors import BadData, Missing, os_sentence
from burnbook.rows.meters import IMPORTED
from burnbook.times import clock

MAX = 64 << 20


class Input(NamedTuple):
    """A document with its name and time. `source` is the stamp of its rows."""

    name: str
    source: str
    captured_at: datetime
    data: bytes


def given(args: Any) -> list[Input]:
    """Returns the document of --file or stdin, or an empty list if there is none."""
    if args.file is not None:
        try:
            with open(args.file, "rb") as file:
                data = file.read(MAX + 1)
        except FileNotFoundError:
            raise Missing(f"no JSON: there is no file {args.file!r}") from None
        except OSError as error:
            raise Missing(os_sentence("no JSON: cannot read the file", error)) from None
        return [_input(args.file, data)]
    if args.stdin or _is_piped():
        data = sys.stdin.buffer.read(MAX + 1) if sys.stdin else b""
        if data.strip():
            return [_input("stdin", data)]
        if args.stdin:
            raise Missing("no JSON: stdin is empty")
    return []


def _input(name: str, data: bytes) -> Input:
    if len(data) > MAX:
        raise BadData(f"{name} is over {MAX} bytes; nothing booked")
    return Input(name, IMPORTED, clock.now(), data)


def _is_piped() -> bool:
    """Returns whether stdin is a file or a pipe."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:  # stdin is closed
        return False
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode)
