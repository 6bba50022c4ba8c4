"""Records missed resets: the next command that books does it, once for each."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from burnbook.book import codec
from burnbook.book.book import Booked
from burnbook.context import Context
from burnbook.rows.meters import Row
from burnbook.rows.work import MissedReset
from burnbook.times import clock
from burnbook.view.parts import moment
from burnbook.windows import moment_support, resets, state
from burnbook.windows.moment_support import BY_HAND
from burnbook.windows.resets import Turn
from burnbook.windows.snapshot_index import snapshot_index


def rows(
    ctx: Context,
    more: Iterable[tuple[str, datetime]] = (),
    *,
    limit: timedelta | None = BY_HAND,
) -> list[tuple[str, Row]]:
    """A row for each missed reset, and for each (window, boundary) of `more`.

    Call it in a command's `build`, before its own rows, which may close the window. Returns none if
    the clock is more than `limit` after the newest supported moment, because it may be wrong. With
    None, the command has checked the clock.
    """
    now = clock.now()
    missed = resets.missed(ctx.config, snapshot_index(ctx), now)
    if missed and limit is not None and moment_support.doubt(ctx, now, limit):
        return []
    missed_resets = dict.fromkeys([*missed, *more])
    return [("resets", row(window, boundary, now)) for window, boundary in missed_resets]


def row(
    window: str,
    boundary: datetime,
    found_at: datetime,
    agent: str | None = None,
    provider: str | None = None,
) -> MissedReset:
    """The row of one missed reset; with the agent and provider that alone missed it."""
    return codec.make(
        MissedReset,
        agent=agent,
        window=window,
        status="missed",
        boundary=boundary,
        found_at=found_at,
        provider=provider,
    )


def absence_rows(ctx: Context, turn: Turn | None, now: datetime) -> list[tuple[str, Row]]:
    """A row for each reset that an agent alone missed, for the command that ends its absence."""
    if turn is None:
        return []
    absences = resets.absences(ctx.config, snapshot_index(ctx), turn, now)
    return [("resets", row(*absence, now, turn.agent, turn.provider)) for absence in absences]


def commit(
    ctx: Context, build: Callable[[], Sequence[tuple[str, Row]]], *, sure: bool = False
) -> list[Booked]:
    """Like `Book.commit`, with the missed resets first; returns the booked rows of `build`.

    A command that has checked the clock is `sure` of it.
    """
    limit = None if sure else BY_HAND
    return note_missed(ctx, state.commit(ctx, lambda: [*rows(ctx, limit=limit), *build()]))


def record(ctx: Context) -> None:
    """Books missed resets for a command that does not book its own rows with `commit`."""
    recorded = {row.id for row in ctx.book.rows("resets")}
    if any(row.id not in recorded for _, row in rows(ctx)):
        commit(ctx, list)


def note_missed(ctx: Context, booked: Sequence[Booked]) -> list[Booked]:
    """Returns the other rows, and adds a note about new missed resets."""
    new = [entry.row for entry in booked if isinstance(entry.row, MissedReset) and entry.is_new]
    if new:
        listed = ", ".join(describe(ctx, row) for row in new if isinstance(row, MissedReset))
        ctx.notes.append(f"recorded as missed: {listed}")
    return [entry for entry in booked if not isinstance(entry.row, MissedReset)]


def describe(ctx: Context, row: MissedReset) -> str:
    """A phrase for one missed reset."""
    who = f" for {row.agent} {row.provider}" if row.agent else ""
    return f"the reset of {row.window} at {moment(row.boundary, ctx.config.zone)}{who}"
