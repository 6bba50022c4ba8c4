"""A crossing that names no window and is there already: what a run that was cut off booked."""

from datetime import datetime, timedelta

from burnbook.context import Context
from burnbook.rows.meters import Row, Snapshot
from burnbook.snapshots.build_row import with_prompts
from burnbook.snapshots.pane_input import Taken
from burnbook.windows import boundaries, resets
from burnbook.windows.snapshot_index import Entry, read_snapshots, snapshot_index


def out_of(ctx: Context, provider: str, place: str, moment: datetime) -> str:
    """The window that a crossing at `moment` ends, where `place` is the one that is open now.

    Where `place` was crossed into at this very moment, that is the one before it: no window ends
    at the moment at which it begins.
    """
    ended = _ended(ctx, provider, place)
    return ended[0] if ended and ended[1].captured_at == moment else place


def again(ctx: Context, provider: str, place: str, taken: Taken, now: datetime) -> list[Snapshot]:
    """AFTER and BEFORE that a crossing into `place` booked, where this one only repeats it.

    That is so for a while after a reset, whatever the pane shows: meters move on. After a crossing
    by hand it is so within the lag buffer, while the pane shows what it showed then.
    """
    ended, began = _ended(ctx, provider, place), _began(ctx, provider, place)
    if began is None:
        return []
    if resets.just_began(ctx.config, began, now):
        return read_snapshots(
            ctx.book, [entry for entry in (_reset(ctx, provider, place), began) if entry]
        )
    passed = taken.captured_at - began.captured_at
    if ended is None or not timedelta(0) < passed < ctx.config.windows.lag:
        return []
    rows = read_snapshots(ctx.book, [ended[1], began])
    return rows if all(_shows(row, taken) for row in rows) else []


def with_counts(ctx: Context, rows: list[Snapshot]) -> list[tuple[str, Row]]:
    """The rows for their journal, with the counts of prompts that a killed run did not book."""
    found: list[tuple[str, Row]] = [("snapshots", row) for row in rows]
    if any(row.prompts is not None for row in rows):
        counted = {one.snapshot for one in ctx.book.rows("prompts")}
        for row in rows:
            found += with_prompts(ctx, row)[1:] if row.id not in counted else []
    return found


def _began(ctx: Context, provider: str, place: str) -> Entry | None:
    return snapshot_index(ctx).pair(place, ctx.agent, provider).before


def _reset(ctx: Context, provider: str, place: str) -> Entry | None:
    """The AFTER of the window before; the last look may have booked it, minutes earlier."""
    index = snapshot_index(ctx)
    earlier = boundaries.before(ctx.config, place, index.windows())
    return index.pair(earlier, ctx.agent, provider).after if earlier else None


def _ended(ctx: Context, provider: str, place: str) -> tuple[str, Entry] | None:
    """The window that was crossed out of into `place`, with its AFTER: both are of one pane."""
    index, began = snapshot_index(ctx), _began(ctx, provider, place)
    if began is None or index.pair(place, ctx.agent, provider).after is not None:
        return None
    for earlier in reversed(index.windows()):
        if earlier != place and boundaries.following(ctx.config, earlier) == place:
            after = index.pair(earlier, ctx.agent, provider).after
            if after is not None and after.captured_at == began.captured_at:
                return earlier, after
    return None


def _shows(row: Snapshot, taken: Taken) -> bool:
    """Whether a pane shows what this row says."""
    said = (row.meters, row.context, row.prompts, row.plan)
    return said == (taken.meters, taken.context, taken.pane.prompts, taken.pane.plan)
