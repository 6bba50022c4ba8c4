"""Which usage a report is about, and the temporary relations that its query reads."""

from collections.abc import Callable, Iterable
from datetime import date, tzinfo
from fnmatch import fnmatchcase
from functools import partial
from sqlite3 import Connection
from typing import NamedTuple

from burnbook.store import queries
from burnbook.store.queries import DAY, LocalTime
from burnbook.usage.counts import Origin

# The account of requests by their tool, home (the agent's own folder) and agent; None if unknown.
AccountOf = Callable[[str, str | None, str | None], str | None]


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


def booked_quarters(database: Connection) -> list[int]:
    """The quarter-hours with usage."""
    return [q for (q,) in database.execute("SELECT DISTINCT quarter FROM usage_cells")]


def set_stretches(database: Connection, zone: tzinfo) -> None:
    """Fill `stretches` with those of the UTC days that have usage."""
    days = database.execute(f"SELECT DISTINCT quarter / {DAY} FROM usage_cells").fetchall()
    queries.set_stretches(database, [day for (day,) in days], LocalTime(zone))


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
        table = "usage_origins" if column == "project" else "usage_kinds"
        names = database.execute(
            f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL"
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
