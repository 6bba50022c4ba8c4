"""How many requests the book has of each agent, and when the last one was."""

from datetime import UTC, datetime
from typing import NamedTuple

from burnbook.store.store import Store
from burnbook.usage.booked_rows import session_key
from burnbook.usage.projection import USAGE
from burnbook.usage.tables.schema import HAS_USAGE

_SUMS = """
SELECT origin.tool, sum(cell.requests)
FROM usage_cells AS cell JOIN usage_origins AS origin ON origin.id = cell.origin
GROUP BY origin.tool
"""
_SESSIONS = f"SELECT DISTINCT tool, session FROM usage_origins WHERE {HAS_USAGE}"


class Booked(NamedTuple):
    """The requests of an agent in the book, and the time of the last one."""

    requests: int = 0
    last: datetime | None = None


def booked(store: Store) -> dict[str, Booked]:
    """What the book has, by the name of the feed."""
    database = store.view(USAGE)
    ends = dict(database.execute("SELECT session, ends FROM usage_sessions"))
    last: dict[str, int] = {}
    for tool, session in database.execute(_SESSIONS):
        last[tool] = max(last.get(tool, 0), ends.get(session_key(tool, session), 0))
    return {
        tool: Booked(count, datetime.fromtimestamp(last[tool] / 1000, UTC))
        for tool, count in database.execute(_SUMS)
        if count
    }
