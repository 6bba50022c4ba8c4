"""The projection of agent_usage.jsonl: which requests are booked, and their sums.

`usage_rows` has every row once, by the 64-bit key of its request and, for a row that supersedes an
earlier one, its own. `usage_aliases` has the other keys of requests, `usage_sessions` when each
session was last seen. `usage_cells` has the sums of each quarter-hour (epoch seconds // 900, UTC)
and origin, and `usage_kinds` what origins with the same prices have in common. A row that
supersedes another subtracts what that one had added, so the order of rows has no effect. Requests
whose sums still depend on the order are left to `settle`. `usage_spans` has the windows of the rows
that name no window; when these change, the rows of that time are moved.
"""

from collections.abc import Iterable
from sqlite3 import Connection
from typing import TYPE_CHECKING

from burnbook.base.rooted_path import RootedPath
from burnbook.store.projection import Entry, Projection
from burnbook.usage.tables.schema import CONTENT, JOURNAL, NAME, TABLES

if TYPE_CHECKING:
    from burnbook.store.membership import Membership


# What changes the tables is imported when they change, which is not in most commands.
def _apply(database: Connection, entries: Iterable[Entry]) -> int:
    from burnbook.usage.tables.apply import apply

    return apply(database, entries)


def _move(
    database: Connection, path: RootedPath, before: "Membership", after: "Membership", end: int
) -> None:
    from burnbook.usage.tables.apply import move

    move(database, path, before, after, end)


def _settle(database: Connection, path: RootedPath) -> int:
    from burnbook.usage.tables.settle import settle

    return settle(database, path)


USAGE = Projection(
    *(NAME, JOURNAL, 5, TABLES, _apply),
    newer=True,
    content=CONTENT,
    move=_move,
    settle=_settle,
)
