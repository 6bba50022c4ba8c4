"""How the USD of each row of a report came about: quantities, rates, and where they are from."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, tzinfo
from math import prod
from typing import Any

import msgspec

from burnbook.cost.calculate import ATTO, NOTHING, Rate, Usd
from burnbook.cost.facts import Quantities
from burnbook.usage.counts import Counts
from burnbook.usage.kinds import Group
from burnbook.usage.layout.table import period_text, usd_text
from burnbook.usage.pricing import PricedKey, Pricing, quantities
from burnbook.usage.report import Report
from burnbook.view.parts import Line, Part, Table, Title, number

_HEAD = ("Kind", "Quantity", "USD listed", "Times", "USD")

# What made the cost of each row, by its period, tool and model.
Explained = dict[tuple[Any, ...], list["Explanation"]]


class Explanation(msgspec.Struct):
    """Requests of a row that have one rate: their UTC days, quantities and cost."""

    rate: Rate
    first: date
    last: date
    used: Quantities
    parts: tuple[int, ...]
    usd: Usd
    reason: str | None


def explanations(groups: Iterable[Group], pricing: Pricing) -> Explained:
    """Returns what made the cost of each row, by its period, tool and model."""
    rows: dict[tuple[Any, ...], dict[tuple[Rate, str | None], Explanation]] = {}
    for period, _, kind, values in groups:
        counts = Counts(*values)
        if not counts.requests and not counts.total:
            continue
        _add(rows.setdefault((period, kind.tool, kind.model), {}), kind, counts, pricing)
    return {name: list(by_rate.values()) for name, by_rate in rows.items()}


def _add(
    by_rate: dict[tuple[Rate, str | None], Explanation],
    key: PricedKey,
    counts: Counts,
    pricing: Pricing,
) -> None:
    priced = pricing(key, counts)
    used = quantities(counts)
    parts = priced.parts or (0,) * len(used)
    have = by_rate.setdefault(
        (priced.rate, priced.reason),
        Explanation(
            *(priced.rate, key.day, key.day, Quantities(), (0,) * len(used), NOTHING),
            priced.reason,
        ),
    )
    have.first, have.last = min(have.first, key.day), max(have.last, key.day)
    have.used = Quantities(*map(sum, zip(have.used, used, strict=True)))
    have.parts = tuple(map(sum, zip(have.parts, parts, strict=True)))
    have.usd = have.usd.plus(priced.usd)


def figures(each: Explanation) -> dict[str, Any]:
    """Returns an explanation by the names that it has in JSON."""
    rate = each.rate
    return {
        "days": [each.first, each.last],
        "list": rate.seller,
        "entry": rate.model,
        "mode": rate.mode or "standard",
        "over_prompt_tokens": rate.over,
        "hours": rate.hours,
        "since": rate.since,
        "until": rate.until,
        "source": rate.source,
        "multipliers": [
            {"name": m.name, "factor": m.factor, "source": m.source} for m in rate.multipliers
        ],
        "parts": [
            {"kind": kind, "quantity": used, "listed_usd": listed, "usd": attos / ATTO}
            for kind, used, listed, attos in zip(
                Quantities._fields, each.used, rate.listed, each.parts, strict=True
            )
            if used
        ],
        "usd": each.usd.whole,
        "usd_known": each.usd.known,
        "reason": each.reason,
    }


def parts(usage: Report, report: str, zone: tzinfo, explained: Explained) -> list[Part]:
    """Returns, for each row of the report, each price and what it made of which quantities."""
    note = "USD listed: per million tokens, or per 1,000 searches"
    shown: list[Part] = [Title("How the USD came about"), Line(note)]
    for row in usage.rows:
        names = (period_text(row.period, report, zone), *(name or "-" for name in row.names))
        title = f"{' '.join(dict.fromkeys(names))}: {usd_text(row.usd)} USD"
        shown += [Line(""), Line(title, strong=True)]
        for each in explained[row.period, *row.names]:
            shown.append(Line(_price(each)))
            if each.rate.seller is not None:
                shown.append(Table(_HEAD, [*_cells(each)], "<>>>>"))
    return shown


def _price(each: Explanation) -> str:
    """What made the price, on which days, and why a part of the cost is unknown."""
    words = price_text(each.rate)
    factors = "".join(f", x {m.factor:g} ({m.name})" for m in each.rate.multipliers)
    days = str(each.first) if each.first == each.last else f"{each.first} to {each.last}"
    reason = f"; {each.reason}" if each.reason and each.reason != words else ""
    return f"{days}: {words}{factors}{reason}"


def price_text(rate: Rate) -> str:
    """Returns where a price is from: the list, the entry, what it is for, and since when."""
    if rate.seller is None:
        return rate.source or rate.reason or "-"
    words = [f"{rate.model} of {rate.seller}", rate.mode]
    words += [f"over {rate.over:,} tokens" if rate.over else None, rate.hours]
    words += [f"since {rate.since}" if rate.since else None]
    words += [f"until {rate.until}" if rate.until else None, rate.source]
    return ", ".join(word for word in words if word)


def _cells(each: Explanation) -> Iterator[Sequence[str]]:
    factor = prod(m.factor for m in each.rate.multipliers)
    for kind, used, listed, attos in zip(
        Quantities._fields, each.used, each.rate.listed, each.parts, strict=True
    ):
        if used:
            times = "-" if factor == 1 or kind == "web_searches" else f"{factor:g}"
            usd = ("-", "-", "-")
            if listed is not None:
                usd = (f"{listed:g}", times, f"{attos / ATTO:,.6f}")
            yield (kind.replace("_", " "), number(used), *usd)
