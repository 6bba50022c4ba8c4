"""The input of `import`, and the entries that cannot be used."""

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from burnbook.base import files
from burnbook.base.errors import BadData, Missing
from burnbook.book import lock
from burnbook.book.rejects import Rejects, reject_rows
from burnbook.context import Context
from burnbook.rows.meters import IMPORTED
from burnbook.times import clock

MAX = 64 << 20
REJECTS = "import"  # the file below rejects/


class Input(NamedTuple):
    """A document with its name and time. `source` is the stamp of its rows."""

    name: str
    source: str
    captured_at: datetime
    data: bytes


def given(args: Any) -> list[Input]:
    """Returns the document of --file or stdin, or an empty list if there is none."""
    if args.file is not None:
        return [_input(args.file, files.read_input(args.file, "no JSON", MAX + 1))]
    if args.stdin or files.stdin_has_input():
        data = sys.stdin.buffer.read(MAX + 1) if sys.stdin else b""
        if data.strip():
            return [_input("stdin", data)]
        if args.stdin:
            raise Missing("no JSON: stdin is empty; pipe in the output of `ccusage daily --json`")
    return []


def reject(ctx: Context, name: str, refused: Iterable[tuple[int, str, bytes]]) -> None:
    """Books (number, reason, entry) of the entries of a file that cannot be used."""
    rejects = Rejects(ctx.book.root, REJECTS, ctx.agent)
    rows = reject_rows([(n, f"{name}: {reason}", entry) for n, reason, entry in refused])
    if rows:
        with lock.book_lock(ctx.book.root):
            rejects.book(rows)


def _input(name: str, data: bytes) -> Input:
    if len(data) > MAX:
        raise BadData(f"{name} is over {MAX} bytes; nothing booked")
    return Input(name, IMPORTED, clock.now(), data)
