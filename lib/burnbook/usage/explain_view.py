"""The layout of `usage --explain`: a line of what made the cost, for each kind of token."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from burnbook.cost.calculate import ATTO, Rate
from burnbook.cost.facts import Quantities
from burnbook.usage.explain import Explained, Explanation
from burnbook.usage.report import Report
from burnbook.usage.view import period_text, usd_text
from burnbook.view.parts import Line, Part, Table, Title, number

_HEAD = ("Kind", "Quantity", "USD listed", "Times", "USD", "Price")
_PER_1000 = ("web_searches",)


def parts(usage: Report, report: str, zone: tzinfo, explained: Explained) -> list[Part]:
    """Returns a table for each row of the report."""
    lines: list[Part] = [
        Title("How the USD came about"),
        Line("USD listed: per million tokens, or per 1,000 searches"),
    ]
    for row in usage.rows:
        names = (period_text(row.period, report, zone), row.tool or "-", row.model or "-")
        lines.append(Title(f"{' '.join(dict.fromkeys(names))}: {usd_text(row.usd)} USD"))
        table = [line for each in explained[row[:3]] for line in _lines(each)]
        lines.append(Table(_HEAD, table, "<>>>><"))
    return lines


def _lines(each: Explanation) -> Iterator[Sequence[str]]:
    price = price_text(each.rate)
    if each.first != each.last:
        price = f"{price} ({each.first} to {each.last})"
    if not each.rate.listed or each.rate.seller is None:
        tokens = sum(each.used) - each.used.web_searches
        yield "all", number(tokens), "-", "-", usd_text(each.usd), each.reason or price
        return
    times = " x ".join(f"{m.factor:g} ({m.name})" for m in each.rate.multipliers) or "-"
    for kind, used, listed, attos in zip(
        Quantities._fields, each.used, each.rate.listed, each.parts, strict=True
    ):
        if used:
            yield (
                *(kind.replace("_", " "), number(used)),
                "-" if listed is None else f"{listed:g}",
                "-" if kind in _PER_1000 else times,
                "-" if listed is None else f"{attos / ATTO:,.6f}",
                price,
            )
    if each.reason:
        yield "", "", "", "", "", each.reason


def price_text(rate: Rate) -> str:
    """Returns where a price is from: the list, the entry, what it is for, and since when."""
    if rate.seller is None:
        return rate.source or rate.reason or "-"
    words = [f"{rate.seller} {rate.model}", rate.mode]
    words += [f"over {rate.over:,} tokens" if rate.over else None, rate.hours]
    words += [f"since {rate.since}" if rate.since else None]
    words += [f"until {rate.until}" if rate.until else None, rate.source]
    return ", ".join(word for word in words if word)
