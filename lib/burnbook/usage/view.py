"""The layout of a usage report: text and tables that fit the terminal, and CSV."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Any

from burnbook.base.text import csv_text
from burnbook.config.accounts import Account
from burnbook.times import clock
from burnbook.usage.counts import Counts
from burnbook.usage.pricing import Usd
from burnbook.usage.report import Report, Row, new_tokens
from burnbook.view.parts import Line, Part, Table, number

_NAMES = {
    **{"daily": "Day", "weekly": "Week", "monthly": "Month", "session": "Session"},
    **{"blocks": "Block", "window": "Window", "model": "Model", "project": "Project"},
    **{"branch": "Branch", "tool": "Tool", "hour": "Hour", "account": "Account"},
}
# Terminal widths from which tools and models are shown, and then the kinds of tokens.
_LAYOUTS = (60, 100)
_KINDS: tuple[tuple[str, Callable[[Row], int]], ...] = (
    ("Input", lambda row: row.sums.input),
    ("Cache write", lambda row: row.sums.cache_write_5m + row.sums.cache_write_1h),
    ("Cache read", lambda row: row.sums.cache_read),
    ("Output", lambda row: row.sums.output),
)
_MIN_NAME = 14  # characters; rather than cut names to fewer, show fewer columns


def width() -> int | None:
    """The columns of the terminal; None where the output goes elsewhere."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None


def parts(usage: Report, data: Any, zone: tzinfo, columns: int | None) -> list[Part]:
    """The total, the rows, and notes on the cost. `columns`: the width; None is no limit."""
    report, totals = data["report"], usage.totals
    if not usage.rows:
        has_days = data["since"] is not None or data["until"] is not None
        where = "on these days" if has_days else "in the book"
        message = f"{report}: no usage {where}; run ingest to book requests from agents' logs"
        return lines([message], columns, strong=True)
    total = f"{number(totals.sums.total)} tokens ({number(new_tokens(totals.sums))} new)"
    first = lines(
        [f"Usage {report}: {total}, {usd_text(totals.usd)} USD {data['usd_kind']}"],
        columns,
        strong=True,
    )
    rest = []
    if usage.unpriced:
        names = ", ".join(model or "(no model)" for model in usage.unpriced)
        reason = "No cost in the log" if data["cost"] == "reported" else "Without a price"
        rest.append(f"{reason}: {names}")
        others = {
            r: m for m, r in usage.reasons.items() if not r.startswith(("no price", "the log"))
        }
        rest += [f"{model}: {other}" for other, model in others.items()]
    periods = {row.period for row in usage.rows}
    rest += [_paid(*item) for item in data["accounts"].items() if item[0] in periods]
    if report == "blocks" and any(row.period.guessed for row in usage.rows):
        rest.append("~ guessed: no meter shows when this block began")
    as_of, source = data["prices"]["as_of"], data["prices"]["source"]
    if data["cost"] != "reported" and as_of is not None:
        rest.append(f"Prices in USD as of {as_of}, from {source or 'prices.toml'}")
    return [*first, _table(usage, report, zone, columns), *lines(rest, columns)]


def _paid(label: str, account: Account) -> str:
    """What is declared of an account: `work: codex, pro, 200 USD a month`."""
    paid = account.usd_per_month
    month = None if paid is None else f"{paid:,g} USD a month"
    return f"{label}: {', '.join(filter(None, (account.provider, account.plan, month)))}"


def lines(texts: Sequence[str], columns: int | None, *, strong: bool = False) -> list[Part]:
    """Lines, wrapped to the width."""
    if columns is not None:
        from textwrap import wrap

        texts = [line for text in texts for line in wrap(text, max(columns, 20))]
    return [Line(text, strong) for text in texts]


def csv(data: Any) -> str:
    """A header with the names of the JSON keys, and a line per row; no totals."""
    more = ["ends_at", "guessed", "account"] if data["report"] == "blocks" else []
    heads = ["period", *more, "tool", "model", *data["totals"]]
    words = {True: "true", False: "false"}
    rows = [[row[head] for head in heads] for row in data["rows"]]
    for row in rows:
        row[:] = [words[cell] if isinstance(cell, bool) else cell for cell in row]
    return csv_text([heads, *rows])


def _table(usage: Report, report: str, zone: tzinfo, columns: int | None) -> Table:
    """The widest table that fits: every kind of token, totals by tool and model, or totals."""
    if columns is None:
        return _layout(usage, report, zone, len(_LAYOUTS))
    widest = next((n for n, least in enumerate(_LAYOUTS) if columns < least), len(_LAYOUTS))
    for layout in range(widest, -1, -1):
        table = _layout(usage, report, zone, layout)
        names = table.align.count("<")
        fitted = _fit([table.head, *table.rows], names, columns, _MIN_NAME if layout else 1)
        if fitted is not None:
            return Table(fitted[0], fitted[1:], table.align)
    return table


def _layout(usage: Report, report: str, zone: tzinfo, layout: int) -> Table:
    rows = usage.rows if layout else _by_period(usage.rows)
    named = [name for name in ("Tool", "Model") if layout and name != _NAMES[report]]
    kinds = _KINDS if layout == len(_LAYOUTS) else ()
    has_accounts = report == "blocks" and len({row.period.account for row in rows}) > 1
    head = (_NAMES[report], *named, *(name for name, _ in kinds), "Total", "USD")
    lines: list[Sequence[str]] = []
    before: object = lines  # equal to no period
    for row in [*rows, usage.totals]:
        period = "Total" if row is usage.totals else period_text(row.period, report, zone)
        if has_accounts and row is not usage.totals:
            period = f"{period} {row.period.account or '-'}"
        model = row.model or ("" if row is usage.totals else "-")
        names = [row.tool or "" if name == "Tool" else model for name in named]
        figures = [number(figure(row)) for _, figure in kinds]
        shown = "" if row.period == before and row is not usage.totals else period
        lines.append((shown, *names, *figures, number(row.sums.total), usd_text(row.usd)))
        before = row.period
    return Table(head, lines, "<" * (1 + len(named)) + ">" * (len(kinds) + 2))


def _by_period(rows: Sequence[Row]) -> list[Row]:
    merged: dict[Any, Row] = {}
    for row in rows:
        have = merged.get(row.period)
        sums = Counts()
        sums.add(row.sums)
        usd = row.usd
        if have is not None:
            sums.add(have.sums)
            usd = usd.plus(have.usd)
        merged[row.period] = Row(row.period, None, None, sums, usd)
    return list(merged.values())


def _fit(
    lines: Sequence[Sequence[str]], names: int, room: int, min_name: int
) -> list[Sequence[str]] | None:
    """The lines with names cut, the widest column first; None where they would be too short."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    while sum(widths) + 2 * len(widths) > room:
        column = max(range(names), key=lambda n: widths[n])
        if widths[column] <= min_name:
            return None
        widths[column] -= 1
    return [
        tuple(
            cell if len(cell) <= width else f"{cell[: width - 1]}…"
            for cell, width in zip(line, widths, strict=True)
        )
        for line in lines
    ]


def period_text(period: Any, report: str, zone: tzinfo) -> str:
    """A period as a cell."""
    if report != "blocks":
        return "-" if period is None else str(period)
    start, end = (clock.to_wall(time, zone) for time in period[:2])
    return f"{'~' if period.guessed else ''}{start:%Y-%m-%d %H:%M}-{end:%H:%M}"


def usd_text(usd: Usd) -> str:
    """Dollars; `>` where only a part of it is known."""
    if usd.is_whole:
        return f"{usd.known:,.4f}"
    return f">{usd.known:,.4f}" if usd.attos else "-"
