"""The questions that reports ask about agents' usage, as queries over the store."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, tzinfo
from typing import Any, NamedTuple

from burnbook.cost.facts import Facts
from burnbook.store import queries
from burnbook.store.store import Store
from burnbook.usage.counts import Counts, Origin
from burnbook.usage.kinds import SELECT_KINDS, Group, Key, facts_of, in_order, keyed, of_rows
from burnbook.usage.projection import USAGE
from burnbook.usage.tables.relations import (
    AccountOf,
    Filters,
    booked_quarters,
    set_accounts,
    set_relations,
    set_stretches,
    text_of,
)
from burnbook.usage.tables.schema import HAS_USAGE

__all__ = [
    "BY_TIME",
    "AccountOf",
    "Filters",
    "QuarterSums",
    "booked_quarters",
    "by_quarter",
    "cells",
    "daily_sums",
    "groups",
    "homes",
    "pace",
    "set_accounts",
    "set_relations",
    "sums",
    "text_of",
    "tools",
    "window_sums",
]

_DAY = 96  # quarter-hours
_FACTS, _SUMS = 5, len(Counts.__struct_fields__)  # columns of the queries
BY_TIME = ("daily", "weekly", "monthly", "hour")
# The reports of `sql/usage_days.sql`: their periods are days or names of `usage_kinds`.
_BY_DAY_OR_KIND = ("daily", "weekly", "monthly", "tool", "model")


class QuarterSums(NamedTuple):
    """Sums of a quarter-hour; `is_wanted` is false where a filter leaves them out."""

    quarter: int
    home: str | None
    agent: str | None
    tool: str
    model: str | None
    has_usd: bool
    facts: Facts
    part: str | None
    is_wanted: bool
    sums: Counts


def sums(
    store: Store,
    report: str | None,
    filters: Filters,
    zone: tzinfo = UTC,
    has_hours: Callable[[str], bool] = lambda model: False,
    account_of: AccountOf = lambda tool, home, agent: home,
    part: str | None = None,
) -> Iterator[tuple[Key, Counts]]:
    """Sums by period, tool and model, and by what their price depends on.

    Without a report, the period is null. `part` (agent, project, account or hour) splits each
    period. `has_hours`: whether the price of a model depends on the hour. `account_of`: for the
    report or part `account`.
    """
    params = _prepare(store, report, filters, zone, has_hours, account_of, part)
    rows = queries.stream(store.view(USAGE), "usage", **params)
    return keyed(in_order(of_rows(rows, _kinds(store))))


def groups(
    store: Store,
    report: str | None,
    filters: Filters,
    zone: tzinfo,
    has_hours: Callable[[str], bool],
    account_of: AccountOf,
    part: str | None = None,
) -> Iterator[Group]:
    """The same, row by row. Run no other query before the last group.

    Several groups may differ in their counts only: a UTC day has two groups in a week, and a
    session one for each cell. Nearly all sessions have one cell, and to add 100,000 groups to get
    hardly fewer takes SQLite 0.2 s.
    """
    kinds = _kinds(store)
    of_origins = (part, filters.window, *filters.projects)
    has_peaks = any(has_hours(model) for _, _, model, *_ in kinds if model is not None)
    if report in _BY_DAY_OR_KIND and not any(of_origins) and not has_peaks:
        query, params = "usage_days", _days(store, report, filters, zone)
    else:
        query = "usage_sessions" if report == "session" and part is None else "usage"
        params = _prepare(store, report, filters, zone, has_hours, account_of, part)
    return of_rows(queries.stream(store.view(USAGE), query, **params), kinds)


def _kinds(store: Store) -> list[Sequence[Any]]:
    return store.view(USAGE).execute(SELECT_KINDS).fetchall()


def _days(store: Store, report: str, filters: Filters, zone: tzinfo) -> dict[str, queries.Value]:
    """Fill the relations of `sql/usage_days.sql`, and return its parameters."""
    database = store.view(USAGE)
    set_relations(database, filters, (), zone)
    set_stretches(database, zone)
    days = {"since": text_of(filters.since), "until": text_of(filters.until)}
    return {"report": report, **days, **filters.params()}


def _prepare(
    store: Store,
    report: str | None,
    filters: Filters,
    zone: tzinfo,
    has_hours: Callable[[str], bool],
    account_of: AccountOf,
    part: str | None,
) -> dict[str, queries.Value]:
    """Fill the relations of `sql/usage.sql`, and return its parameters."""
    database = store.view(USAGE)
    has_days = filters.since is not None or filters.until is not None
    has_times = report in BY_TIME or part in BY_TIME or has_days
    quarters = booked_quarters(database) if has_times else ()
    set_relations(database, filters, quarters, zone, has_hours)
    set_accounts(database, account_of if "account" in (report, part) else None)
    days = {"since": text_of(filters.since), "until": text_of(filters.until)}
    return {"report": report, "part": part, **days, **filters.params()}


def window_sums(store: Store, window: str) -> list[tuple[Key, Counts]]:
    """Sums of a window by tool and model; empty where no log has a request of it."""
    return list(sums(store, None, Filters(window=window), has_hours=lambda model: True))


def daily_sums(store: Store, zone: tzinfo) -> Iterator[tuple[Key, Counts]]:
    """Sums by day in a zone, tool and model."""
    return sums(store, "daily", Filters(), zone)


def by_quarter(
    store: Store, filters: Filters, account_of: AccountOf, part: str | None = None
) -> list[QuarterSums]:
    """Sums by quarter-hour, home, agent, tool, model and part (see `sums`; not hour)."""
    database = store.view(USAGE)
    set_relations(database, filters, (), UTC)
    set_accounts(database, account_of if part == "account" else None)
    rows = queries.run(database, "usage_quarters", part=part, **filters.params())
    return [
        QuarterSums(
            *(quarter, home, agent, tool, model, bool(has_usd)),
            *(facts_of(model, values[:_FACTS], quarter % _DAY), name),
            *(bool(values[_FACTS]), Counts(*values[_FACTS + 1 :])),
        )
        for quarter, home, agent, name, tool, model, has_usd, *values in rows
    ]


def pace(store: Store, window: str) -> list[tuple[int, int]]:
    """(Quarter-hour, new tokens) of a window, in order of time; see `report.new_tokens`."""
    return [*queries.run(store.view(USAGE), "usage_pace", window_id=window)]


def tools(store: Store) -> set[str]:
    """The agents' tools that have usage in the book."""
    rows = store.view(USAGE).execute(f"SELECT DISTINCT tool FROM usage_origins WHERE {HAS_USAGE}")
    return {tool for (tool,) in rows}


def homes(store: Store) -> list[tuple[str, str]]:
    """Each tool and agents' folder that has requests."""
    select = "SELECT DISTINCT tool, home FROM usage_origins WHERE home IS NOT NULL"
    return store.view(USAGE).execute(f"{select} AND {HAS_USAGE} ORDER BY 1, 2").fetchall()


def cells(store: Store) -> Iterator[tuple[int, Origin, Counts]]:
    """Every cell: quarter-hour, origin and sums."""
    rows = store.view(USAGE).execute(
        "SELECT cell.*, origin.* FROM usage_cells AS cell"
        " JOIN usage_origins AS origin ON origin.id = cell.origin"
    )
    for _, quarter, _, *values in rows:
        name = Origin(*values[_SUMS + 1 : -1])
        name = name._replace(is_subagent=bool(name.is_subagent), has_usd=bool(name.has_usd))
        yield quarter, name, Counts(*values[:_SUMS])
