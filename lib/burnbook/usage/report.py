"""Reports of agents' usage: rows by period, by tool and model or other names, and their totals.

Pure: sums in, rows out. Totals are added from the same integers as the rows.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from burnbook.usage.counts import Counts
from burnbook.usage.pricing import NOTHING, Pricing, Usd
from burnbook.usage.queries import Key

if TYPE_CHECKING:
    from burnbook.usage.block_report import BlockKey

BY_ORIGIN = ("session", "window", "agent", "tool", "model", "project", "branch", "account")


TOOL_AND_MODEL = ("tool", "model")


class Row(NamedTuple):
    """One row of a report: a period, and a name for each of the report's `by`."""

    period: Any
    names: tuple[str | None, ...]
    sums: Counts
    usd: Usd

    def labels(self, by: Sequence[str]) -> dict[str, str | None]:
        """The row's names by what they are."""
        return dict(zip(by, self.names, strict=True))


class Report(NamedTuple):
    """Rows in order and their totals, which have no names.

    `by` is what a period is split by. `unpriced` are the models whose cost is unknown, `reasons`
    says why.
    """

    by: Sequence[str]
    rows: list[Row]
    totals: Row
    unpriced: list[str | None]
    reasons: dict[str | None, str]


def build(
    sums: "Iterable[tuple[Key | BlockKey, Counts]]",
    pricing: Pricing,
    *,
    by_size: bool,
    by: Sequence[str] = TOOL_AND_MODEL,
) -> Report:
    """The report of these sums. `by_size`: the period with most tokens first, else in order.

    A name in `by` other than tool and model is the `part` of each key.
    """
    rows: dict[tuple[Any, ...], Row] = {}
    reasons: dict[str | None, str] = {}
    unpriced: set[str | None] = set()
    attributes = [name if name in TOOL_AND_MODEL else "part" for name in by]
    for key, counts in sums:
        if not counts.requests and not counts.total:
            continue  # left over where a log reported the cost of a request later
        priced = pricing(key, counts)
        if priced.reason is not None:
            reasons.setdefault(key.model, priced.reason)
        if not priced.usd.is_whole:
            unpriced.add(key.model)
        names = tuple([getattr(key, name) for name in attributes])
        row = rows.get((key.period, names)) or Row(key.period, names, Counts(), NOTHING)
        row.sums.add(counts)
        rows[key.period, names] = row._replace(usd=row.usd.plus(priced.usd))
    total, usd = Counts(), NOTHING
    sizes: dict[Any, int] = {}
    for row in rows.values():
        total.add(row.sums)
        usd = usd.plus(row.usd)
        sizes[row.period] = sizes.get(row.period, 0) + row.sums.total

    def order(row: Row) -> Any:
        size = -sizes[row.period] if by_size else 0
        period = (row.period is None, row.period if row.period is not None else "")
        is_sorted = by == TOOL_AND_MODEL or by == ("hour",)
        return size, period, 0 if is_sorted else -row.sums.total, [name or "" for name in row.names]

    return Report(
        by=by,
        rows=sorted(rows.values(), key=order),
        totals=Row(None, (None,) * len(by), total, usd),
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
