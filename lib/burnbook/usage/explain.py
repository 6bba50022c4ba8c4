"""How the USD of each row of a report came about: quantities, rates, and where they are from."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from burnbook.cost.calculate import ATTO, NOTHING, Rate, Usd
from burnbook.cost.facts import Quantities
from burnbook.usage.counts import Counts
from burnbook.usage.pricing import PricedKey, Pricing, quantities

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


def explanations(sums: Iterable[tuple[Any, Counts]], pricing: Pricing) -> Explained:
    """Returns what made the cost of each row, by its period, tool and model."""
    rows: dict[tuple[Any, ...], dict[tuple[Rate, str | None], Explanation]] = {}
    for key, counts in sums:
        if not counts.requests and not counts.total:
            continue
        _add(rows.setdefault(key[:3], {}), key, counts, pricing)
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
