"""Decides which moments the book supports, because rows with a wrong time would stay."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from burnbook.context import Context
from burnbook.rows.meters import Meter, Snapshot
from burnbook.rows.usage import MeterReading
from burnbook.times import clock
from burnbook.windows import boundaries
from burnbook.windows.snapshot_index import read_snapshots, snapshot_index

ALONE = timedelta(days=1)
"""How far an unattended command may be after the newest supported moment."""
BY_HAND = timedelta(days=31)
"""How far a command by hand may be after the newest supported moment."""

_SLACK = timedelta(days=1)
_MONTH = 31 * 1440
_SINCE = datetime(2025, 1, 1, tzinfo=UTC)


class Doubt(NamedTuple):
    """The reason against a moment; `supported` is the nearest moment that can be booked."""

    moment: datetime
    supported: datetime
    reason: str

    @property
    def what_to_do(self) -> str:
        """The end of the sentence for the user."""
        undo = "" if self.moment > self.supported else "undo that snapshot, "
        return f"set the clock, {undo}or use --force if it is right"


def doubt(ctx: Context, moment: datetime, limit: timedelta) -> Doubt | None:
    """The reason against booking at a moment, or None.

    It may be up to `limit` after the newest supported moment: that of a snapshot or checkpoint, the
    end of a window, or a reset that the vendor announced. A moment in the past is refused only if
    it comes from the clock, not from --at.
    """
    newest = max(_snapshots(ctx), default=None)
    if not clock.is_given() and moment < (newest or _SINCE) - ALONE:
        return _doubt(moment, newest or _SINCE, "before")
    if newest is None:
        return None
    # The slow sources come last, and are read only if needed.
    for supported in chain([newest], _ends(ctx, moment), _announced(ctx), _checkpoints(ctx)):
        newest = max(newest, supported)
        if moment <= newest + limit:
            return None
    return _doubt(moment, newest, "after")


def announced(rows: Iterable[Snapshot | MeterReading]) -> list[datetime]:
    """The latest reset that the meters of these rows announce, if any.

    A reset further away than the meter's window is long does not count.
    """
    moments = [
        meter.resets_at
        for row in rows
        for meter in row.meters
        if meter.resets_at is not None and is_next_reset(meter, row.captured_at)
    ]
    return sorted(moments)[-1:]


def is_next_reset(meter: Meter, moment: datetime) -> bool:
    """Whether the reset that a meter shows can be its next one after a moment."""
    if meter.resets_at is None:
        return False
    length = timedelta(minutes=meter.window_minutes or _MONTH) + _SLACK
    return moment < meter.resets_at <= moment + length


def _doubt(moment: datetime, newest: datetime, side: str) -> Doubt:
    source = "--at is" if clock.is_given() else "the clock is at"
    apart = clock.span((moment - newest).total_seconds())
    what = "the newest moment that the book or a pane supports"
    reason = f"{source} {_second(moment)}, {apart} {side} {what} ({_second(newest)})"
    return Doubt(moment, newest, reason)


def _second(moment: datetime) -> str:
    return clock.iso(moment.replace(microsecond=0))


def _snapshots(ctx: Context) -> Iterator[datetime]:
    """The newest moment of each agent and provider, without rows imported from other tools."""
    index = snapshot_index(ctx)
    for head in index.heads():
        last = index.pair(head.window, head.agent, head.provider).last
        if last is None or not last.imported:
            yield head.captured_at


def _ends(ctx: Context, moment: datetime) -> Iterator[datetime]:
    """The ends of the windows that are open, and the declared ends that have passed."""
    index = snapshot_index(ctx)
    open_ = (boundaries.of(ctx.config, index, head.window).ends_at for head in index.heads())
    yield from (end for end in open_ if end is not None)
    declared = map(ctx.config.ends, ctx.config.windows.windows)
    yield from (end for end in declared if end is not None and end <= moment)


def _announced(ctx: Context) -> Iterator[datetime]:
    """The latest reset that the newest snapshots show, then the latest of all readings."""
    index = snapshot_index(ctx)
    entries = [
        entry
        for window in {head.window for head in index.heads()}
        for pair in index.pairs(window)
        for entry in (pair.before, pair.after)
        if entry is not None
    ]
    yield from announced(read_snapshots(ctx.book, entries))
    yield from announced(ctx.book.rows("meters"))


def _checkpoints(ctx: Context) -> Iterator[datetime]:
    yield from (row.taken_at for row in ctx.book.rows("checkpoints"))
