"""How a usage report is laid out: parts for eyes, as wide as there is room, and rows of CSV."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Any

from burnbook import clock, csvtext
from burnbook.blocks import Line, Part, Table, number
from burnbook.derive.usage import Report, Row, new_tokens
from burnbook.derive.usd import Usd

_NAMES = {
    **{"daily": "Day", "weekly": "Week", "monthly": "Month", "session": "Session"},
    **{"blocks": "Block", "window": "Window", "model": "Model", "project": "Project"},
    "branch": "Branch",
}
_WIDE, _NARROW = 100, 60
_KINDS: tuple[tuple[str, Callable[[Row], int]], ...] = (
    ("Input", lambda row: row.sums.input),
    ("Cache write", lambda row: row.sums.cache_write_5m + row.sums.cache_write_1h),
    ("Cache read", lambda row: row.sums.cache_read),
    ("Output", lambda row: row.sums.output),
)
_LEAST = 8  # characters that are left of a name on the narrowest terminal


def width() -> int | None:
    """The columns of the terminal; None where the output goes somewhere else."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told) > 0:
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None


def parts(found: Report, data: Any, zone: tzinfo | None, room: int | None) -> list[Part]:
    """What it comes to, the rows, and what is not known. `room` in columns; None is no limit."""
    report, totals = data["report"], found.totals
    if not found.rows:
        what = "no usage is in the book" if data["since"] is data["until"] is None else "no usage"
        said = f"{report}: {what}; ingest books what agents' own logs tell"
        return _lines([said], room, strong=True)
    said = f"{number(totals.sums.total)} tokens ({number(new_tokens(totals.sums))} new)"
    first = _lines([f"Usage {report}: {said}, {_cost(totals.usd)} USD"], room, strong=True)
    rest = []
    if found.unpriced:
        names = ", ".join(model or "(no model told)" for model in found.unpriced)
        why = "The log tells no cost" if data["cost"] == "reported" else "Without a price"
        rest.append(f"{why}: {names}")
    if report == "blocks" and any(row.period.guessed for row in found.rows):
        rest.append("~ guessed: no meter told when this block began")
    as_of, source = data["prices"]["as_of"], data["prices"]["source"]
    if data["cost"] != "reported" and as_of is not None:
        rest.append(f"Prices in USD as of {as_of}, from {source or 'prices.toml'}")
    return [*first, _table(found, report, zone, room), *_lines(rest, room)]


def _lines(texts: Sequence[str], room: int | None, *, strong: bool = False) -> list[Part]:
    """Lines, each as many as it takes where there is little room."""
    if room is not None:
        from textwrap import wrap

        texts = [line for text in texts for line in wrap(text, max(room, 20))]
    return [Line(text, strong) for text in texts]


def csv(report: str, rows: Sequence[dict[str, Any]]) -> str:
    """A line a row, below the names that the rows have in JSON."""
    heads = list(rows[0]) if rows else ["period", "tool", "model"]
    return csvtext.encode([heads, *([row[head] for head in heads] for row in rows)])


def _table(found: Report, report: str, zone: tzinfo | None, room: int | None) -> Table:
    """Every kind of token; below 100 columns only totals, below 60 no tools and models."""
    is_wide = room is None or room >= _WIDE
    rows = found.rows if room is None or room >= _NARROW else _by_period(found.rows)
    named = ["Tool"] if report == "model" else ["Tool", "Model"]
    named = named if rows is found.rows else []
    kinds = _KINDS if is_wide else ()
    head = (_NAMES[report], *named, *(name for name, _ in kinds), "Total", "USD")
    lines: list[Sequence[str]] = []
    before: object = lines  # no period is this
    for row in [*rows, found.totals]:
        period = "Total" if row is found.totals else _period(row.period, report, zone)
        names = [row.tool or "", row.model or ("" if row is found.totals else "-")][: len(named)]
        figures = [number(figure(row)) for _, figure in kinds]
        shown = "" if row.period == before and row is not found.totals else period
        lines.append((shown, *names, *figures, number(row.sums.total), _cost(row.usd)))
        before = row.period
    align = "<" * (1 + len(named)) + ">" * (len(kinds) + 2)
    return Table(head, lines if room is None else _fitted([head, *lines], room)[1:], align)


def _by_period(rows: Sequence[Row]) -> list[Row]:
    found: dict[Any, Row] = {}
    for row in rows:
        have = found.get(row.period)
        sums = type(row.sums)()
        sums.take(row.sums)
        usd = row.usd
        if have is not None:
            sums.take(have.sums)
            usd = Usd(usd.picos + have.usd.picos, usd.is_whole and have.usd.is_whole)
        found[row.period] = Row(row.period, None, None, sums, usd)
    return list(found.values())


def _fitted(lines: Sequence[Sequence[str]], room: int) -> list[Sequence[str]]:
    """The names cut where a line would not fit: the longest column first."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    count = len(widths) - 2
    while sum(widths) + 2 * len(widths) > room:
        at = max(range(max(1, min(3, count))), key=lambda n: widths[n])
        if widths[at] <= _LEAST:
            break
        widths[at] -= 1
    return [
        tuple(
            cell if len(cell) <= wide else f"{cell[: wide - 1]}…"
            for cell, wide in zip(line, widths, strict=True)
        )
        for line in lines
    ]


def _period(period: Any, report: str, zone: tzinfo | None) -> str:
    if report != "blocks":
        return "-" if period is None else str(period)
    start, end = (clock.to_wall(at, zone) for at in period[:2])
    return f"{'~' if period.guessed else ''}{start:%Y-%m-%d %H:%M}-{end:%H:%M}"


def _cost(usd: Usd) -> str:
    """Dollars; `>` where only a part of it is known."""
    if usd.is_whole:
        return f"{usd.known:,.4f}"
    return f">{usd.known:,.4f}" if usd.picos else "-"
