"""The usage of a period by day and by hour of the week, as queries over the store."""

from collections.abc import Callable, Iterator
from datetime import tzinfo

from burnbook.store import queries
from burnbook.store.store import Store
from burnbook.usage.counts import Counts
from burnbook.usage.kinds import Key, facts_of, utc_day
from burnbook.usage.projection import USAGE
from burnbook.usage.queries import (
    AccountOf,
    Filters,
    booked_quarters,
    set_accounts,
    set_relations,
)

# Tool, model, agent, project and account.
Names = tuple[str | None, ...]
_NAMES = 5


def days(
    store: Store,
    filters: Filters,
    zone: tzinfo,
    has_hours: Callable[[str], bool],
    account_of: AccountOf,
) -> Iterator[tuple[str, Names, Key, Counts]]:
    """(Day, names, what the price depends on, sums), by day in a zone."""
    database = store.view(USAGE)
    set_relations(database, filters, booked_quarters(database), zone, has_hours)
    set_accounts(database, account_of)
    for day, *values in queries.run(database, "report_days", **_params(filters)):
        names = tuple(values[:_NAMES])
        has_usd, *facts, slot, start = values[_NAMES : _NAMES + 8]
        origin = (names[0], names[1], bool(has_usd), facts_of(names[1], facts, slot))
        yield day, names, Key(day, *origin, utc_day(start)), Counts(*values[_NAMES + 8 :])


def hours(
    store: Store, filters: Filters, zone: tzinfo, account_of: AccountOf
) -> Iterator[tuple[int, Names, int, int]]:
    """(Hour of the week, names, requests, tokens); 0 is Monday from 00:00 to 00:59 in a zone."""
    database = store.view(USAGE)
    set_relations(database, filters, booked_quarters(database), zone)
    set_accounts(database, account_of)
    for hour, *values in queries.run(database, "report_hours", **_params(filters)):
        requests, tokens = values[_NAMES:]
        yield hour, tuple(values[:_NAMES]), requests, tokens


def _params(filters: Filters) -> dict[str, queries.Value]:
    days = [None if day is None else day.isoformat() for day in (filters.since, filters.until)]
    return {"since": days[0], "until": days[1], "window_id": filters.window}
