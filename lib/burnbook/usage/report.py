"""Reports of what agents used: rows by period, tool and model, and totals that they add up to.

Pure: sums in, rows out. Totals are added from the same whole numbers as the rows.
"""

from collections.abc import Callable, Iterable
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from burnbook.usage.pricing import NOTHING, Pricing, Usd
from burnbook.usage.totals import Counts, Place

# What a report's rows are told apart by, beside tool and model.
BY_TIME: dict[str, Callable[[date], str]] = {
    "daily": date.isoformat,
    "weekly": lambda day: _week(*day.isocalendar()),
    "monthly": lambda day: day.isoformat()[:7],
}
_MODEL, _SESSION, _PROJECT, _BRANCH, _WINDOW = 1, 2, 3, 4, 6
BY_PLACE = {
    **{"session": _SESSION, "window": _WINDOW, "model": _MODEL},
    **{"project": _PROJECT, "branch": _BRANCH},
}
REPORTS = (*BY_TIME, "session", "blocks", "window", "model", "project", "branch")
# Reports that the small fold of days can tell.
OF_DAYS = frozenset({*BY_TIME, "window", "model"})


class Ask(NamedTuple):
    """What of the usage is wanted; days are inclusive, no name is every name, `*` is any text."""

    since: date | None = None
    until: date | None = None
    tools: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    window: str | None = None

    def has_day(self, day: date) -> bool:
        """Whether a day is among those wanted."""
        early = self.since is not None and day < self.since
        return not early and (self.until is None or day <= self.until)

    def has_place(self, place: Place) -> bool:
        """Whether a place is among those wanted."""
        tool, model, _, project, _, _, window, _ = place
        return (
            _among(tool, self.tools)
            and _among(model, self.models)
            and _among(project, self.projects)
            and (self.window is None or window == self.window)
        )


class Key(NamedTuple):
    """Whose sums these are: a row's, but for `has_usd` (see `used.Cell`)."""

    period: Any
    tool: str
    model: str | None
    has_usd: bool


class Row(NamedTuple):
    """One row of a report, or its totals, which have no tool and no model."""

    period: Any
    tool: str | None
    model: str | None
    sums: Counts
    usd: Usd


class Report(NamedTuple):
    """Rows in their order, and what they add up to; `unpriced` are models whose cost is unknown."""

    rows: list[Row]
    totals: Row
    unpriced: list[str | None]


def group(report: str, ask: Ask) -> Callable[[Place], Key | None]:
    """What a place counts as in a report; None where it is not wanted. Times come later."""
    at = BY_PLACE.get(report)

    def where(place: Place) -> Key | None:
        if not ask.has_place(place):
            return None
        return Key(None if at is None else place[at], place[0], place[1], place[7])

    return where


def told(sums: Iterable[tuple[Key, Counts]], pricing: Pricing, *, by_size: bool) -> Report:
    """The report of some sums. `by_size`: the period with most tokens first, else in order."""
    rows: dict[tuple[Any, str, str | None], Row] = {}
    for key, counts in sums:
        if not counts.requests and not counts.total:
            continue  # what is left where a log told the cost of a request later
        usd = pricing(key.model, key.has_usd, counts)
        row = rows.get(key[:3])
        if row is None:
            row = rows[key[:3]] = Row(*key[:3], Counts(), NOTHING)
        row.sums.take(counts)
        rows[key[:3]] = row._replace(usd=added(row.usd, usd))
    whole, usd = Counts(), NOTHING
    sizes: dict[Any, int] = {}
    for row in rows.values():
        whole.take(row.sums)
        usd = added(usd, row.usd)
        sizes[row.period] = sizes.get(row.period, 0) + row.sums.total

    def order(row: Row) -> Any:
        size = -sizes[row.period] if by_size else 0
        period = (row.period is None, row.period if row.period is not None else "")
        return size, period, row.tool, row.model or ""

    unpriced = {row.model for row in rows.values() if not row.usd.is_whole}
    return Report(
        rows=sorted(rows.values(), key=order),
        totals=Row(None, None, None, whole, usd),
        unpriced=sorted(unpriced, key=lambda model: model or ""),
    )


def added(one: Usd, other: Usd) -> Usd:
    """Both together: known in whole where each of them is."""
    return Usd(one.picos + other.picos, one.is_whole and other.is_whole)


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


def _week(year: int, week: int, _: int) -> str:
    return f"{year}-W{week:02}"


def new_tokens(sums: Counts) -> int:
    """What counts against a budget: tokens that were new, and not read again from a cache.

    A cache read costs a tenth and says the same once more; with it, a long session would use its
    budget up by the length of its talk, and not by its work.
    """
    return sums.input + sums.cache_write_5m + sums.cache_write_1h + sums.output


def _among(name: str | None, wanted: tuple[str, ...]) -> bool:
    return not wanted or any(
        name is not None and fnmatchcase(name, _literal(one)) for one in wanted
    )


def _literal(pattern: str) -> str:
    return pattern.replace("[", "[[]").replace("?", "[?]")
