"""Refuses to book under a wrong clock: a moment that nothing in the book or the pane supports."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from burnbook.base.errors import BadData
from burnbook.book import codec
from burnbook.context import Context
from burnbook.rows.meters import Anomaly, Meter
from burnbook.snapshots.pane_input import Taken
from burnbook.times import clock
from burnbook.times.wall_time import WallTime
from burnbook.windows import moment_support
from burnbook.windows.moment_support import Doubt, is_next_reset
from burnbook.windows.snapshot_index import snapshot_index

KIND = "unsupported-moment"
"""The kind of anomaly of a moment that was refused."""
FORCED = "[forced: nothing supports this moment]"

# A date without a year comes again every year, so it cannot tell 2040 from 2026.
_YEAR = timedelta(days=400)
_FOREVER = timedelta(days=400_000)


def doubt(ctx: Context, moment: datetime, limit: timedelta, taken: Taken | None) -> Doubt | None:
    """`windows.moment_support.doubt`, where the pane may show the date, and so support more."""
    if taken is not None:
        shown = {meter.name: meter.resets for meter in taken.pane.meters}
        limit = max(limit, reach(moment, taken.meters, shown))
    return moment_support.doubt(ctx, moment, limit)


def reach(
    moment: datetime, meters: Sequence[Meter], shown: Mapping[str, WallTime | None]
) -> timedelta:
    """How far from the newest supported moment a pane that is read at `moment` supports it.

    It does if a meter's reset is ahead, no further than its window is long. `shown` has the
    resets as the pane's text has them; a meter that is not in it came with a whole timestamp.
    """
    distance = timedelta(0)
    for meter in meters:
        if is_next_reset(meter, moment):
            text = shown.get(meter.name)
            if meter.name not in shown or (text and text.year is not None):
                return _FOREVER
            if text and text.day is not None:
                distance = _YEAR
    return distance


def check(ctx: Context, window: str | None, found: Doubt | None) -> None:
    """Record the anomaly of a doubt, then refuse. Raises BadData."""
    if found is not None:
        if snapshot_index(ctx).heads():  # what cannot be booked creates no book
            row = anomaly(found, agent=ctx.agent, window=window, subject=ctx.agent)
            ctx.book.commit(lambda: [("anomalies", row)])
        raise BadData(f"{found.reason}; nothing booked: {found.what_to_do}")


def anomaly(found: Doubt, *, agent: str, window: str | None, subject: str) -> Anomaly:
    """The row about a refused moment; one for each day."""
    return codec.make(
        Anomaly,
        agent=agent,
        window=window,
        kind=KIND,
        subject=subject,
        first=clock.iso(found.supported),
        second=f"{found.moment:%Y-%m-%d}",
        first_from="the newest rows and resets",
        second_from="--at" if clock.is_given() else "the clock",
        detail=found.reason,
        source="clock",
    )
