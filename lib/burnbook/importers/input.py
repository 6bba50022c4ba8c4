"""The input of `import`, and what the importers share: rejected entries and the result."""

import os
import stat
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from burnbook.base.errors import BAD_DATA, BadData, Missing, os_sentence
from burnbook.book import codec, lock
from burnbook.book.rejects import Rejects
from burnbook.context import Context, Result
from burnbook.rows.meters import IMPORTED
from burnbook.times import clock
from burnbook.view.parts import Line

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


def reject(ctx: Context, name: str, refused: Iterable[tuple[int, str, bytes]]) -> None:
    """Books (number, reason, entry) of the entries of a file that cannot be used."""
    rejects = Rejects(ctx.book.root, "import", ctx.agent)
    rows = rejects.prepare([(n, f"{name}: {reason}", entry) for n, reason, entry in refused])
    if rows:
        with lock.book_lock(ctx.book.root):
            rejects.book(rows)


def result(
    ctx: Context, tool: str, source: str, title: str, counts: Mapping[str, int], *, dry_run: bool
) -> Result:
    """Returns a line and the data of an import. Exits with 65 if no entry could be used."""
    rejects = None
    if counts["rejected"] and not dry_run:
        rejects = os.path.join(ctx.book.root, f"{codec.REJECTS}import.jsonl")
        ctx.notes.append(f"rejected entries and the reasons are in {rejects}")
    is_useless = counts["rejected"] and not counts["accepted"] + counts["duplicates"]
    return Result(
        [Line(f"{title}: {counts_text(counts)}", strong=True)],
        {"from": tool, "source": source, **counts, "rejects": rejects},
        BAD_DATA if is_useless else 0,
    )


def counts_text(counts: Mapping[str, int]) -> str:
    """Returns text such as `accepted 2, duplicates 0, rejected 0`."""
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


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
