"""Reports of agents' usage: rows by period, tool and model, and their totals.

Pure: sums in, rows out. Totals are added from the same integers as the rows.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from burnbook.usage.counts import Counts
from burnbook.usage.pricing import NOTHING, Pricing, Usd
from burnbook.usage.queries import Key

if TYPE_CHECKING:
    from burnbook.usage.block_report import BlockKey

BY_ORIGIN = ("session", "window", "agent", "tool", "model", "project", "branch", "account")


class Row(NamedTuple):
    """One row of a report, or its totals, which have no tool and no model."""

    period: Any
    tool: str | None
    model: str | None
    sums: Counts
    usd: Usd


class Report(NamedTuple):
    """Rows in order and their totals; `unpriced` are the models whose cost is unknown, `reasons`
    says why."""

    rows: list[Row]
    totals: Row
    unpriced: list[str | None]
    reasons: dict[str | None, str]


def build(
    sums: "Iterable[tuple[Key | BlockKey, Counts]]", pricing: Pricing, *, by_size: bool
) -> Report:
    """The report of these sums. `by_size`: the period with most tokens first, else in order."""
    rows: dict[tuple[Any, str, str | None], Row] = {}
    reasons: dict[str | None, str] = {}
    for key, counts in sums:
        if not counts.requests and not counts.total:
            continue  # left over where a log reported the cost of a request later
        priced = pricing(key, counts)
        if priced.reason is not None:
            reasons.setdefault(key.model, priced.reason)
        row = rows.get(key[:3])
        if row is None:
            row = rows[key[:3]] = Row(key.period, key.tool, key.model, Counts(), NOTHING)
        row.sums.add(counts)
        rows[key[:3]] = row._replace(usd=row.usd.plus(priced.usd))
    total, usd = Counts(), NOTHING
    sizes: dict[Any, int] = {}
    for row in rows.values():
        total.add(row.sums)
        usd = usd.plus(row.usd)
        sizes[row.period] = sizes.get(row.period, 0) + row.sums.total

    def order(row: Row) -> Any:
        size = -sizes[row.period] if by_size else 0
        period = (row.period is None, row.period if row.period is not None else "")
        return size, period, row.tool, row.model or ""

    unpriced = {row.model for row in rows.values() if not row.usd.is_whole}
    return Report(
        rows=sorted(rows.values(), key=order),
        totals=Row(None, None, None, total, usd),
        unpriced=sorted(unpriced, key=lambda model: model or ""),
        reasons=reasons,
    )


def figures(row: Row) -> dict[str, Any]:
    """A row's numbers, by the names that they have in JSON and CSV."""
    sums = row.sums
    return {
        "requests": sums.requests,
        "input_tokens": sums.input,
        "cache_read_tokens": sums.cache_read,
        "cache_write_tokens": sums.cache_write_5m + sums.cache_write_1h,
        "cache_write_1h_tokens": sums.cache_write_1h,
        "output_tokens": sums.output,
        "reasoning_tokens": sums.reasoning,
        "total_tokens": sums.total,
        "usd": row.usd.whole,
        "usd_known": row.usd.known,
    }


def new_tokens(sums: Counts) -> int:
    """The tokens that count against a budget: all but cache reads.

    A cache read costs a tenth and repeats what was sent before. Counting it, a long session would
    use its budget up by its length and not by its work.
    """
    return sums.input + sums.cache_write_5m + sums.cache_write_1h + sums.output
