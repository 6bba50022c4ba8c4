"""Resets that nobody was there for: recorded by whichever command books next, once each."""

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
from burnbook.windows.snapshot_index import snapshot_index


def rows(
    ctx: Context,
    more: Iterable[tuple[str, datetime]] = (),
    *,
    limit: timedelta | None = BY_HAND,
) -> list[tuple[str, Row]]:
    """A row for each missed reset, and for each (window, boundary) of `more`.

    For a command's `build`, before its own rows: they may close the window that shows it. There are
    none more than `limit` after the newest supported moment: the clock may be wrong. None: the
    command has checked that.
    """
    now = clock.now()
    missed = resets.missed(ctx.config, snapshot_index(ctx), now)
    if missed and limit is not None and moment_support.doubt(ctx, now, limit):
        return []
    found = dict.fromkeys([*missed, *more])
    return [("resets", row(window, boundary, now)) for window, boundary in found]


def row(window: str, boundary: datetime, found_at: datetime) -> MissedReset:
    """The row of one missed reset."""
    return codec.make(
        MissedReset, window=window, status="missed", boundary=boundary, found_at=found_at
    )


def commit(
    ctx: Context, build: Callable[[], Sequence[tuple[str, Row]]], *, sure: bool = False
) -> list[Booked]:
    """`Book.commit`, with the missed resets first; gives back what `build` made, booked.

    A command that has checked the moment is `sure` of it.
    """
    limit = None if sure else BY_HAND
    return told(ctx, state.commit(ctx, lambda: [*rows(ctx, limit=limit), *build()]))


def record(ctx: Context) -> None:
    """Book those that are not there yet, for a command whose own rows go another way."""
    here = {row.id for row in ctx.book.rows("resets")}
    if any(row.id not in here for _, row in rows(ctx)):
        commit(ctx, list)


def told(ctx: Context, booked: Sequence[Booked]) -> list[Booked]:
    """What is not about missed resets; those that are new are told in a note."""
    news = [one.row for one in booked if isinstance(one.row, MissedReset) and one.is_new]
    if news:
        listed = ", ".join(said(ctx, row) for row in news if isinstance(row, MissedReset))
        ctx.notes.append(f"recorded as missed: {listed}")
    return [one for one in booked if not isinstance(one.row, MissedReset)]


def said(ctx: Context, row: MissedReset) -> str:
    """One missed reset, in words."""
    return f"the reset of {row.window} at {moment(row.boundary, ctx.config.zone)}"
