"""The layout of a usage report: text and tables that fit the terminal, and CSV."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from itertools import chain, islice
from typing import Any

from burnbook.base.text import csv_text, plural
from burnbook.config.accounts import Account
from burnbook.rows.amounts import Amount
from burnbook.times import clock
from burnbook.usage.pricing import Usd
from burnbook.usage.report import Report, Row, new_tokens
from burnbook.view.amounts import values
from burnbook.view.parts import Lazy, Line, Part, Table, Trend, moment, number

_NAMES = {
    **{"daily": "Day", "weekly": "Week", "monthly": "Month", "session": "Session"},
    **{"blocks": "Block", "window": "Window", "model": "Model", "project": "Project"},
    **{"branch": "Branch", "tool": "Tool", "agent": "Agent", "hour": "Hour"},
    "account": "Account",
}
_Figure = tuple[str, Callable[[Row], str]]
_INPUT: _Figure = ("Input", lambda row: number(row.sums.input))
_WRITE: _Figure = (
    "Cache write",
    lambda row: number(row.sums.cache_write_5m + row.sums.cache_write_1h),
)
_READ: _Figure = ("Cache read", lambda row: number(row.sums.cache_read))
_OUTPUT: _Figure = ("Output", lambda row: number(row.sums.output))
_NEW: _Figure = ("New", lambda row: number(new_tokens(row.sums)))
_TOTAL: _Figure = ("Total", lambda row: number(row.sums.total))
_USD: _Figure = ("USD", lambda row: usd_text(row.usd))
# The columns of figures, from the widest table to the narrowest.
_FORMS = ((_INPUT, _WRITE, _READ, _OUTPUT, _TOTAL, _USD), (_NEW, _TOTAL, _USD), (_TOTAL, _USD))
_AT_A_TIME = 1000  # lines of CSV
_WEEK = 7  # days
_LEAST_TREND = 3  # days
_LONGEST = timedelta(500)  # of a trend: more than a line has room for


def parts(usage: Report, data: Any, zone: tzinfo, today: date, more: int = 0) -> list[Part]:
    """The total, the rows, their trend, and notes on the cost. There is at least one row.

    `more` is the number of rows that `usage` leaves out of those that its totals add.
    """
    report, totals = data["report"], usage.totals
    tokens = f"{number(totals.sums.total)} tokens ({number(new_tokens(totals.sums))} new)"
    shown: list[Part] = [
        Line(f"Usage {report}: {tokens}, {_cost(totals.usd, data['usd_kind'])}", strong=True),
        _table(usage, report, zone),
    ]
    if more:
        shown.append(Line(f"... and {plural(more, 'more row')}; --all shows them"))
    if report == "daily" and not usage.by:
        shown += _trend(usage, data["since"], data["until"], today)
    if usage.unpriced:
        names = ", ".join(model or "(no model)" for model in usage.unpriced)
        reason = "No cost in the log" if data["cost"] == "reported" else "Without a price"
        shown.append(Line(f"{reason}: {names}"))
        others = {
            r: m for m, r in usage.reasons.items() if not r.startswith(("no price", "the log"))
        }
        shown += [Line(f"{model}: {other}") for other, model in others.items()]
    if accounts := data["accounts"]:
        periods = {row.period for row in usage.rows}
        shown += [Line(_paid(*item)) for item in accounts.items() if item[0] in periods]
    shown += [Line(_amount(amount, zone)) for amount in data["amounts"]]
    if report == "blocks" and any(row.period.guessed for row in usage.rows):
        shown.append(Line("~ guessed: no meter shows when this block began"))
    as_of, source = data["prices"]["as_of"], data["prices"]["source"]
    if data["cost"] != "reported" and as_of is not None:
        text = f"Prices in USD as of {as_of}, from {source or 'prices.toml'}"
        shown.append(Line(text, level="dim"))
    return shown


def _paid(label: str, account: Account) -> str:
    """What is declared of an account: `work: codex, pro, 200 USD a month`."""
    paid = account.usd_per_month
    month = None if paid is None else f"{paid:,g} USD a month"
    return f"{label}: {', '.join(filter(None, (account.provider, account.plan, month)))}"


def _amount(newest: Mapping[str, Any], zone: tzinfo) -> str:
    """The newest credits of an account: `work: codex credits 38 left at 2026-11-22 09:00`."""
    amount = Amount(*(newest[name] for name in Amount.__struct_fields__))
    at = moment(newest["captured_at"], zone)
    return f"{newest['account']}: {newest['provider']} {amount.name} {values(amount)} at {at}"


def _cost(usd: Usd, kind: str) -> str:
    return f"{usd_text(usd)} USD {kind}" if usd.is_whole or usd.attos else "cost not known"


def csv(data: Any) -> Iterator[str]:
    """A header with the names of the JSON keys, and a line per row; no totals. In pieces."""
    more = ["ends_at", "guessed", "account"] if data["report"] == "blocks" else []
    heads = ["period", *more, *data["by"], *data["totals"]]
    words = {True: "true", False: "false"}
    rows = (
        [words[cell] if isinstance(cell, bool) else cell for cell in map(row.get, heads)]
        for row in data["rows"]
    )
    lines = chain([heads], rows)
    while batch := [*islice(lines, _AT_A_TIME)]:
        yield csv_text(batch)


def _table(usage: Report, report: str, zone: tzinfo) -> Table:
    """The widest table, with the narrower ones behind it."""
    bars = Lazy(lambda: (*_shares(usage), None), len(usage.rows) + 1)
    unit = "USD" if _has_usd(usage) else "new tokens"
    table: Table | None = None
    for figures in reversed(_FORMS):
        head, rows, align = _cells(usage, report, zone, figures)
        table = Table(head, rows, align, bars, f"by {unit}", table)
    assert table is not None
    return table


def _shares(usage: Report) -> list[float]:
    """The length of each row's bar, of which that of the largest is 1."""
    values = _values(usage)
    top = max(values)
    return [value / top if top else 0 for value in values]


def _cells(
    usage: Report, report: str, zone: tzinfo, figures: Sequence[_Figure]
) -> tuple[Sequence[str], Sequence[Sequence[str]], str]:
    names = [name for name in usage.by if name != report]
    head = (_NAMES[report], *map(_NAMES.__getitem__, names), *(name for name, _ in figures))
    has_accounts = report == "blocks" and len({row.period.account for row in usage.rows}) > 1

    def lines() -> Iterator[Sequence[str]]:
        before: object = lines  # equal to no period
        for row in usage.rows:
            period = "" if row.period == before else period_text(row.period, report, zone)
            if has_accounts and period:
                period = f"{period} {row.period.account or '-'}"
            before, labels = row.period, row.labels(usage.by)
            cells = [labels[name] or "-" for name in names]
            yield (period, *cells, *[figure(row) for _, figure in figures])
        yield ("Total", *[""] * len(names), *[figure(usage.totals) for _, figure in figures])

    # A table of 100,000 rows is printed without a list of its cells.
    rows = Lazy(lines, len(usage.rows) + 1)
    return head, rows, "<" * (1 + len(names)) + ">" * len(figures)


def _has_usd(usage: Report) -> bool:
    """Whether the cost of every row is known, so that rows can be compared by it."""
    return usage.totals.usd.is_whole and usage.totals.usd.attos > 0


def _values(usage: Report) -> list[float]:
    """What the bars show of each row: USD, or new tokens where a cost is unknown."""
    if _has_usd(usage):
        return [row.usd.known for row in usage.rows]
    return [float(new_tokens(row.sums)) for row in usage.rows]


def _trend(usage: Report, since: date | None, until: date | None, today: date) -> list[Part]:
    """The days as a line, and the last seven of them against the seven before."""
    days = [date.fromisoformat(row.period) for row in usage.rows]
    by_day = dict(zip(days, _values(usage), strict=True))
    end = max(today, days[-1])
    end = end if until is None else min(end, until)
    line = [by_day.get(day, 0.0) for day in _days(max(days[0], end - _LONGEST), end)]
    if len(line) < _LEAST_TREND or len(days) < 2:
        return []
    begin = end - timedelta(2 * _WEEK - 1)  # of the seven days before
    if days[0] > begin or (since is not None and since > begin):
        return [Trend(f"Trend to {end}", line)]
    last, earlier = sum(line[-_WEEK:]), sum(line[-2 * _WEEK : -_WEEK])
    amount = f"{last:,.4f} USD" if _has_usd(usage) else f"{number(last)} new tokens"
    text = f"{amount} in the last 7 days, {_compared(last, earlier)}"
    return [Trend(f"Trend to {end}", line, text)]


def _compared(last: float, earlier: float) -> str:
    """A week's use against that of the week before."""
    if not earlier:
        return "none in the 7 days before"
    percent = round(100 * (last / earlier - 1))
    more = f"{percent:,}% more than" if percent > 0 else f"{-percent}% less than"
    return f"{more if percent else 'as much as'} in the 7 days before"


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


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
