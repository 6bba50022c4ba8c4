"""Reads a table of comma-separated values with a header, such as a vendor's export."""

import csv
import os
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.documents.raw import DOCUMENT
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.sums.series import Series
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import COUNTS, paths

_EMPTY = ("", "-", "nan", "n/a", "null", "none")
_NUMBER = re.compile(r"-?\$?-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][-+]?\d{1,3})?", re.ASCII)
_LONGEST = 40  # characters of a number


def add_table(
    feed: CompiledFeed, lines: RequestLines | Series, handle: int
) -> Iterator[tuple[str, bytes]]:
    """Add the rows of a table; yields why a row is bad, and its cells as JSON."""
    if os.fstat(handle).st_size > DOCUMENT:
        yield f"a table of over {DOCUMENT} bytes", b""
        return
    declared = feed.feed.fields
    needed, costs = _columns(declared, COUNTS), _columns(declared, ("usd",))
    counts = needed | _columns(declared, ("total_tokens",))
    # Bytes that are no UTF-8 are in names alone; the numbers of the row are right.
    with os.fdopen(os.dup(handle), encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = _rows(csv.reader(file))
        header = [name.strip() for name in next(rows, None) or []]
        if missing := sorted(needed.difference(header)):
            yield f"its header has no column {missing[0]!r}", _shown(header)
            return
        for cells in rows:
            if cells is None:
                yield "a cell that is too long, or a quote without its end", b""
                continue
            if len(cells) != len(header):
                if "".join(cells).strip():
                    yield f"{len(cells)} cells for {len(header)} columns", _shown(cells)
                continue
            row = dict(zip(header, cells, strict=True))
            yield from _add(feed, lines, _values(row, counts, costs))


def _rows(reader: Any) -> Iterator[list[str] | None]:
    """The rows of a table; None for one that cannot be read."""
    while True:
        try:
            row: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = None
        yield row


def _add(
    feed: CompiledFeed, lines: RequestLines | Series, values: dict[str, Any]
) -> Iterator[tuple[str, bytes]]:
    try:
        row = feed.convert(values)
        if row is None:
            lines.requests.tally.ignored += 1
        else:
            lines.add(row)
    except Refused as error:
        yield str(error), msgspec.json.encode(values)


def _shown(cells: list[str]) -> bytes:
    return ",".join(cells).encode()


def _columns(fields: Any, names: tuple[str, ...]) -> set[str]:
    """The columns of some fields."""
    return {path[0] for name in names for added in paths(getattr(fields, name)) for path in added}


def _values(row: dict[str, str], counts: set[str], costs: set[str]) -> dict[str, Any]:
    """The cells that have a value; a cost without a digit, such as `Included`, is none."""
    values: dict[str, Any] = {}
    for name, cell in row.items():
        text = cell.strip()
        if text.lower() in _EMPTY:
            continue
        if name in counts or name in costs:
            number = _number(text)
            if number is None and name in costs and not any(map(str.isdigit, text)):
                continue
            values[name] = text if number is None else number
        else:
            values[name] = text
    return values


def _number(text: str) -> int | float | None:
    """A number such as `1,200` or `$0.12`; None for any other text."""
    if len(text) > _LONGEST or _NUMBER.fullmatch(text) is None:
        return None
    number = float(text.replace(",", "").replace("$", ""))
    return int(number) if number.is_integer() else number
