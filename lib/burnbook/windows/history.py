"""Results of finalized windows: the current row of each, and its points by provider."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from burnbook.book import codec, journal
from burnbook.context import Context
from burnbook.meters.efficiency import points, uses_of
from burnbook.rows.meters import AccountUse, WindowRow
from burnbook.store.projection import Entry, Projection, Ranked
from burnbook.times.clock import to_micros

if TYPE_CHECKING:
    from sqlite3 import Connection


class FeatureCost(NamedTuple):
    """Features of one provider in one window, and their exact cost in percentage points."""

    features: float
    points: float


class Step(Struct, frozen=True):
    """The exact rise of one meter in one window, in percentage points, for an agent that used it.

    Agents that share an account have the same rise.
    """

    agent: str
    provider: str
    meter: str
    rise: float


class Finalized(Struct, frozen=True):
    """One window: the location of its row, and the results of each provider with exact deltas.

    `left_out` names the providers whose features have no exact points.
    """

    offset: int
    length: int
    results: dict[str, FeatureCost]
    methodology: str | None
    left_out: tuple[str, ...]


def _apply(database: "Connection", entries: Iterable[Entry]) -> int:
    """Adds finalized windows. Of several with one id, the one recorded first counts."""
    duplicates = 0
    for offset, length, entry in entries:
        assert isinstance(entry, Ranked)
        row = entry.row
        assert isinstance(row, WindowRow)
        same_id = "SELECT offset, length FROM window_rows WHERE id = ?"
        other = database.execute(same_id, (row.id,)).fetchone()
        if other is not None and not (outranks := entry.outranks(*other)):
            duplicates += outranks is None
            continue
        for table in ("window_rows", "window_results", "window_steps"):
            database.execute(f"DELETE FROM {table} WHERE id = ?", (row.id,))
        database.execute(
            "INSERT INTO window_rows VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(row.id, row.window or "", to_micros(row.recorded_at), row.supersedes),
                *(offset, length, row.methodology),
            ),
        )
        uses = uses_of(row)
        for provider in row.features:
            result = points(uses, row.features, provider)
            is_plain = result.points_min is not None and result.points_min == result.points_max
            values = (result.features, result.points_min)
            known = result.features is not None and result.points_min and is_plain
            database.execute(
                "INSERT INTO window_results VALUES (?, ?, ?, ?)",
                (row.id, provider, *(values if known else (None, None))),
            )
        database.executemany(
            "INSERT INTO window_steps VALUES (?, ?, ?, ?, ?)",
            [
                (row.id, agent, use.provider, meter.name, meter.delta)
                for use in uses
                for agent in (use.agents if isinstance(use, AccountUse) else (use.agent,))
                for meter in use.meters
                if meter.delta is not None and meter.delta >= 0
            ],
        )
    return duplicates


WINDOWS = Projection(
    name="windows",
    journal="windows",
    version=3,
    tables=(
        "CREATE TABLE window_rows (id TEXT PRIMARY KEY, window TEXT NOT NULL,"
        " recorded_at INTEGER NOT NULL, supersedes TEXT, offset INTEGER NOT NULL,"
        " length INTEGER NOT NULL, methodology TEXT) WITHOUT ROWID",
        "CREATE TABLE window_results (id TEXT NOT NULL, provider TEXT NOT NULL, features REAL,"
        " points REAL, PRIMARY KEY (id, provider)) WITHOUT ROWID",
        "CREATE TABLE window_steps (id TEXT NOT NULL, agent TEXT NOT NULL, provider TEXT NOT NULL,"
        " meter TEXT NOT NULL, rise REAL NOT NULL)",
        "CREATE INDEX window_rows_by_window ON window_rows (window, recorded_at, id)",
        "CREATE INDEX window_rows_by_superseded ON window_rows (supersedes)",
        "CREATE INDEX window_steps_by_id ON window_steps (id)",
    ),
    apply=_apply,
    ranked=True,
)

# The row that counts of each window: of those that no other supersedes, the one recorded last, in
# the order in which windows were first finalized.
_STANDING = (
    "NOT EXISTS (SELECT 1 FROM window_rows AS later WHERE later.supersedes = window_rows.id)"
)
_FIRST = "(SELECT min(recorded_at) FROM window_rows AS earlier WHERE earlier.window = row.window)"
_ROWS = (
    "FROM (SELECT *, row_number() OVER (PARTITION BY window ORDER BY recorded_at DESC, id DESC)"
    f" AS number FROM window_rows WHERE {_STANDING}) AS row"
)
_CURRENT = "row.number = 1"
_ORDER = f"ORDER BY {_FIRST}, row.window"
_NEWEST = f"WHERE window = ? AND {_STANDING} ORDER BY recorded_at DESC, id DESC LIMIT 1"


class History:
    """Queries about finalized windows, from the store."""

    def __init__(self, database: "Connection") -> None:
        self._database = database

    @cached_property
    def windows(self) -> dict[str, Finalized]:
        """Every finalized window, in the order in which they were first finalized."""
        rows = self._database.execute(
            "SELECT row.window, row.offset, row.length, row.methodology"
            f" {_ROWS} WHERE {_CURRENT} {_ORDER}"
        )
        windows = {
            window: Finalized(offset, length, {}, methodology, ())
            for window, offset, length, methodology in rows
        }
        results = self._database.execute(
            f"SELECT row.window, provider, features, points {_ROWS}"
            " JOIN window_results AS result ON result.id = row.id"
            f" WHERE {_CURRENT} {_ORDER}, provider"
        )
        for window, provider, features, cost in results:
            entry = windows[window]
            if features is None:
                windows[window] = replace(entry, left_out=(*entry.left_out, provider))
            else:
                entry.results[provider] = FeatureCost(features, cost)
        return windows

    def results(self, provider: str) -> list[FeatureCost]:
        """Features and points of a provider in each window where both are known exactly."""
        rows = self._database.execute(
            f"SELECT features, points {_ROWS} JOIN window_results AS result ON result.id = row.id"
            f" WHERE provider = ? AND features IS NOT NULL AND {_CURRENT} {_ORDER}",
            (provider,),
        )
        return [FeatureCost(*row) for row in rows]

    def steps(self, window: str) -> list[Step]:
        """The rise of each meter in a finalized window, if it is known exactly."""
        rows = self._database.execute(
            "SELECT agent, provider, meter, rise FROM window_steps WHERE id ="
            f" (SELECT id FROM window_rows {_NEWEST}) ORDER BY rowid",
            (window,),
        )
        return [Step(*row) for row in rows]

    def line_of(self, window: str) -> tuple[int, int] | None:
        """Offset and length of the current row of a window; None if it is not finalized."""
        row: tuple[int, int] | None = self._database.execute(
            f"SELECT offset, length FROM window_rows {_NEWEST}", (window,)
        ).fetchone()
        return row


def history(ctx: Context) -> History:
    """The finalized windows of the book."""
    return History(ctx.store.view(WINDOWS))


def closing(ctx: Context, window: str) -> WindowRow | None:
    """The current row of a finalized window; None if it is not finalized."""
    line_of_row = history(ctx).line_of(window)
    if line_of_row is None:
        return None
    [line] = journal.at(journal.path_of(ctx.book.root, "windows"), [line_of_row])
    row: WindowRow = codec.verify("windows", line)
    return row
