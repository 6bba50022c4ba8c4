"""The questions that reports ask about agents' usage, as queries over the store."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, tzinfo
from fnmatch import fnmatchcase
from functools import partial
from sqlite3 import Connection
from typing import Any, NamedTuple

from burnbook.cost.facts import Facts
from burnbook.store import queries
from burnbook.store.queries import LocalTime
from burnbook.store.store import Store
from burnbook.usage.counts import Counts, Origin
from burnbook.usage.kinds import SELECT_KINDS, Group, Key, facts_of, in_order, keyed, of_rows
from burnbook.usage.projection import USAGE
from burnbook.usage.tables.schema import HAS_USAGE

_DAY = 96  # quarter-hours
_FACTS, _SUMS = 5, len(Counts.__struct_fields__)  # columns of the queries
# The account of requests by their tool, home (the agent's own folder) and agent; None if unknown.
AccountOf = Callable[[str, str | None, str | None], str | None]
BY_TIME = ("daily", "weekly", "monthly", "hour")


class Filters(NamedTuple):
    """Which usage is wanted; days are inclusive, no name is every name, `*` is any text."""

    since: date | None = None
    until: date | None = None
    tools: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    window: str | None = None

    def has_origin(self, origin: Origin) -> bool:
        """Whether requests of this origin are wanted."""
        return (
            _matches(origin.tool, self.tools)
            and _matches(origin.model, self.models)
            and _matches(origin.project, self.projects)
            and (self.window is None or origin.window == self.window)
        )

    def params(self) -> dict[str, queries.Value]:
        """The parameters of queries, without those about days."""
        unlimited = {"all_tools": not self.tools, "all_models": not self.models}
        return {"window_id": self.window, **unlimited, "all_projects": not self.projects}

    def has_day(self, day: date) -> bool:
        """Whether a day is among those wanted."""
        early = self.since is not None and day < self.since
        return not early and (self.until is None or day <= self.until)


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

    A session may have several groups that differ in their counts only: nearly all sessions have one
    cell, and to add 100,000 groups to get hardly fewer takes SQLite 0.2 s.
    """
    params = _prepare(store, report, filters, zone, has_hours, account_of, part)
    query = "usage_sessions" if report == "session" and part is None else "usage"
    kinds = _kinds(store)
    return of_rows(queries.stream(store.view(USAGE), query, **params), kinds)


def _kinds(store: Store) -> list[Sequence[Any]]:
    return store.view(USAGE).execute(SELECT_KINDS).fetchall()


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
    for _, quarter, *values in rows:
        name = Origin(*values[_SUMS + 1 : -1])
        name = name._replace(is_subagent=bool(name.is_subagent), has_usd=bool(name.has_usd))
        yield quarter, name, Counts(*values[:_SUMS])


def booked_quarters(database: Connection) -> list[int]:
    """The quarter-hours with usage."""
    return [q for (q,) in database.execute("SELECT DISTINCT quarter FROM usage_cells")]


def set_relations(
    database: Connection,
    filters: Filters,
    quarters: Iterable[int],
    zone: tzinfo,
    has_hours: Callable[[str], bool] | None = None,
) -> None:
    """Fill `calendar`, and `selected` with the names in the book that are wanted."""
    queries.set_calendar(database, quarters, LocalTime(zone))
    database.execute("DROP TABLE IF EXISTS temp.selected")
    database.execute(
        "CREATE TEMP TABLE selected (field TEXT, name TEXT, PRIMARY KEY (field, name))"
        " WITHOUT ROWID"
    )
    named = (("tool", filters.tools), ("project", filters.projects), ("model", filters.models))
    wanted: list[tuple[str, str, Callable[[str], bool]]] = [
        (field, field, partial(_matches, patterns=patterns))
        for field, patterns in named
        if patterns
    ]
    wanted += [] if has_hours is None else [("peak", "model", has_hours)]
    for field, column, is_wanted in wanted:
        names = database.execute(
            f"SELECT DISTINCT {column} FROM usage_origins WHERE {column} IS NOT NULL"
        ).fetchall()
        database.executemany(
            "INSERT INTO selected VALUES (?, ?)",
            [(field, name) for (name,) in names if is_wanted(name)],
        )


def set_accounts(database: Connection, account_of: AccountOf | None) -> None:
    """Fill `accounts` with the account of every origin; with None, leave it empty."""
    database.execute("DROP TABLE IF EXISTS temp.accounts")
    database.execute("CREATE TEMP TABLE accounts (origin INTEGER PRIMARY KEY, name TEXT)")
    if account_of is not None:
        origins = database.execute("SELECT id, tool, home, agent FROM usage_origins")
        rows = [(origin, account_of(*names)) for origin, *names in origins.fetchall()]
        database.executemany("INSERT INTO accounts VALUES (?, ?)", rows)


def _matches(name: str | None, patterns: tuple[str, ...]) -> bool:
    return not patterns or any(
        name is not None and fnmatchcase(name, _literal(pattern)) for pattern in patterns
    )


def _literal(pattern: str) -> str:
    return pattern.replace("[", "[[]").replace("?", "[?]")


def text_of(day: date | None) -> str | None:
    """Returns a day as `params` have it."""
    return None if day is None else day.isoformat()
