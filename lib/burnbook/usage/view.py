"""How a usage report is laid out: parts for eyes, as wide as there is room, and rows of CSV."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Any

from burnbook.base.text import csv_text
from burnbook.times import clock
from burnbook.usage.pricing import Usd
from burnbook.usage.report import Report, Row, new_tokens
from burnbook.view.parts import Line, Part, Table, number

_NAMES = {
    **{"daily": "Day", "weekly": "Week", "monthly": "Month", "session": "Session"},
    **{"blocks": "Block", "window": "Window", "model": "Model", "project": "Project"},
    "branch": "Branch",
}
# The columns of a terminal from which on tools and models are shown, and then kinds of tokens.
_LAYOUTS = (60, 100)
_KINDS: tuple[tuple[str, Callable[[Row], int]], ...] = (
    ("Input", lambda row: row.sums.input),
    ("Cache write", lambda row: row.sums.cache_write_5m + row.sums.cache_write_1h),
    ("Cache read", lambda row: row.sums.cache_read),
    ("Output", lambda row: row.sums.output),
)
_LEAST = 14  # characters of a name below which it is better to show fewer columns


def width() -> int | None:
    """The columns of the terminal; None where the output goes somewhere else."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told) > 0:
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None


def parts(found: Report, data: Any, zone: tzinfo, room: int | None) -> list[Part]:
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


def csv(data: Any) -> str:
    """A line a row, below the names that rows have in JSON; no line of totals."""
    more = ["ends_at", "guessed"] if data["report"] == "blocks" else []
    heads = ["period", *more, "tool", "model", *data["totals"]]
    words = {True: "true", False: "false"}
    rows = [[row[head] for head in heads] for row in data["rows"]]
    for row in rows:
        row[:] = [words[cell] if isinstance(cell, bool) else cell for cell in row]
    return csv_text([heads, *rows])


def _table(found: Report, report: str, zone: tzinfo, room: int | None) -> Table:
    """As much as there is room for: every kind of token, totals by tool and model, or totals."""
    if room is None:
        return _made(found, report, zone, len(_LAYOUTS))
    widest = next((n for n, least in enumerate(_LAYOUTS) if room < least), len(_LAYOUTS))
    for layout in range(widest, -1, -1):
        table = _made(found, report, zone, layout)
        names = table.align.count("<")
        fitted = _fitted([table.head, *table.rows], names, room, _LEAST if layout else 1)
        if fitted is not None:
            return Table(fitted[0], fitted[1:], table.align)
    return table


def _made(found: Report, report: str, zone: tzinfo, layout: int) -> Table:
    rows = found.rows if layout else _by_period(found.rows)
    named = ["Tool"] if report == "model" else ["Tool", "Model"]
    named = named if layout else []
    kinds = _KINDS if layout == len(_LAYOUTS) else ()
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
    return Table(head, lines, "<" * (1 + len(named)) + ">" * (len(kinds) + 2))


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


def _fitted(
    lines: Sequence[Sequence[str]], names: int, room: int, least: int
) -> list[Sequence[str]] | None:
    """The lines with names cut, the longest column first; None where more than that were cut."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    while sum(widths) + 2 * len(widths) > room:
        at = max(range(names), key=lambda n: widths[n])
        if widths[at] <= least:
            return None
        widths[at] -= 1
    return [
        tuple(
            cell if len(cell) <= wide else f"{cell[: wide - 1]}…"
            for cell, wide in zip(line, widths, strict=True)
        )
        for line in lines
    ]


def _period(period: Any, report: str, zone: tzinfo) -> str:
    if report != "blocks":
        return "-" if period is None else str(period)
    start, end = (clock.to_wall(at, zone) for at in period[:2])
    return f"{'~' if period.guessed else ''}{start:%Y-%m-%d %H:%M}-{end:%H:%M}"


def _cost(usd: Usd) -> str:
    """Dollars; `>` where only a part of it is known."""
    if usd.is_whole:
        return f"{usd.known:,.4f}"
    return f">{usd.known:,.4f}" if usd.picos else "-"
