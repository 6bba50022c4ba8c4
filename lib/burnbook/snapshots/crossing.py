"""Detects a crossing without a window that was booked before, by hand or by a killed run."""

from datetime import datetime, timedelta

from burnbook.context import Context
from burnbook.rows.meters import Row, Snapshot
from burnbook.snapshots.build_row import with_count
from burnbook.snapshots.pane_input import PaneInput
from burnbook.windows import resets
from burnbook.windows.booked.pairs import Entry
from burnbook.windows.snapshot_index import own_index, read_snapshots


def ended_window(ctx: Context, provider: str, window: str, moment: datetime) -> str:
    """The window that a crossing at `moment` ends, if `window` is open now.

    If `window` was entered at this moment, it is the one before it, because a window cannot end at
    the moment at which it begins.
    """
    previous = _ended(ctx, provider, window)
    return previous[0] if previous and previous[1].captured_at == moment else window


def repeated_crossing(
    ctx: Context, provider: str, window: str, pane: PaneInput, now: datetime
) -> list[Snapshot]:
    """AFTER and BEFORE of an earlier crossing into `window`, if this one only repeats it.

    After a reset it does for a grace period, whatever the pane shows. After a crossing by hand it
    does within the lag buffer, while the pane is unchanged.
    """
    ended, began = _ended(ctx, provider, window), _began(ctx, provider, window)
    if began is None:
        return []
    if resets.just_began(ctx.config, began, now):
        return read_snapshots(
            ctx.book, [entry for entry in (_reset(ctx, provider, window), began) if entry]
        )
    passed = pane.captured_at - began.captured_at
    if ended is None or not timedelta(0) < passed < ctx.config.windows.lag:
        return []
    rows = read_snapshots(ctx.book, [ended[1], began])
    return rows if all(_shows(row, pane) for row in rows) else []


def with_counts(ctx: Context, rows: list[Snapshot]) -> list[tuple[str, Row]]:
    """The rows for their journal, with the counts of requests that a killed run did not book."""
    result: list[tuple[str, Row]] = [("snapshots", row) for row in rows]
    if any(row.requests is not None for row in rows):
        counted = {count.snapshot for count in ctx.book.rows("prompts")}
        for row in rows:
            result += with_count(ctx, row)[1:] if row.id not in counted else []
    return result


def _began(ctx: Context, provider: str, window: str) -> Entry | None:
    return own_index(ctx).pair(window, ctx.agent, provider).before


def _reset(ctx: Context, provider: str, window: str) -> Entry | None:
    """The AFTER of the previous window, which the last look may have booked minutes earlier."""
    earlier = _entered_before(ctx, provider, window)
    return own_index(ctx).pair(earlier, ctx.agent, provider).after if earlier else None


def _ended(ctx: Context, provider: str, window: str) -> tuple[str, Entry] | None:
    """The window that ended when `window` began, and its AFTER, which is from the same pane."""
    index, began = own_index(ctx), _began(ctx, provider, window)
    if began is None or index.pair(window, ctx.agent, provider).after is not None:
        return None
    earlier = _entered_before(ctx, provider, window)
    after = index.pair(earlier, ctx.agent, provider).after if earlier else None
    if earlier is None or after is None or after.captured_at != began.captured_at:
        return None
    return earlier, after


def _entered_before(ctx: Context, provider: str, window: str) -> str | None:
    """The window that the agent entered before `window`."""
    entered = own_index(ctx).entered(ctx.agent, provider)
    earlier = entered[entered.index(window) + 1 :] if window in entered else []
    return earlier[0] if earlier else None


def _shows(row: Snapshot, taken: PaneInput) -> bool:
    """Whether a pane shows the values of a row."""
    values = (row.meters, row.context, row.requests, row.plan, row.amounts or ())
    pane = taken.pane
    return values == (taken.meters, taken.context, pane.requests, pane.plan, pane.amounts)
