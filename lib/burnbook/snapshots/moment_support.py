"""Refuses to book at a moment that neither the book nor the pane supports."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from burnbook.base.errors import BadData
from burnbook.book import codec
from burnbook.context import Context
from burnbook.rows.meters import Anomaly, Meter
from burnbook.snapshots.pane_input import PaneInput
from burnbook.times import clock
from burnbook.times.wall_time import WallTime
from burnbook.windows import moment_support
from burnbook.windows.moment_support import Doubt, is_next_reset
from burnbook.windows.snapshot_index import snapshot_index

KIND = "unsupported-moment"
"""The kind of anomaly for a refused moment."""
FORCED = "[forced: nothing supports this moment]"

# A date without a year recurs every year, so it does not distinguish 2040 from 2026.
_YEAR = timedelta(days=400)
_FOREVER = timedelta(days=400_000)


def doubt(ctx: Context, moment: datetime, limit: timedelta, pane: PaneInput | None) -> Doubt | None:
    """Like `windows.moment_support.doubt`; a pane that shows a date supports later moments."""
    if pane is not None:
        shown = {
            meter.name: meter.resets if isinstance(meter.resets, WallTime) else None
            for meter in pane.pane.meters
            if not isinstance(meter.resets, datetime)
        }
        limit = max(limit, reach(moment, pane.meters, shown))
    return moment_support.doubt(ctx, moment, limit)


def reach(
    moment: datetime, meters: Sequence[Meter], shown: Mapping[str, WallTime | None]
) -> timedelta:
    """The distance from the newest supported moment at which a pane supports `moment`.

    It does if the reset of a meter is ahead, within the length of its window. `shown` has the
    resets in the text of the pane; a meter that is missing there had a whole timestamp.
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


def check(ctx: Context, window: str | None, doubt: Doubt | None) -> None:
    """Records an anomaly and raises BadData if there is a doubt."""
    if doubt is not None:
        if snapshot_index(ctx).heads():  # a refused command creates no book
            row = anomaly(doubt, agent=ctx.agent, window=window, subject=ctx.agent)
            ctx.book.commit(lambda: [("anomalies", row)])
        raise BadData(f"{doubt.reason}; nothing booked: {doubt.what_to_do}")


def anomaly(doubt: Doubt, *, agent: str, window: str | None, subject: str) -> Anomaly:
    """The row for a refused moment; one per day."""
    return codec.make(
        Anomaly,
        agent=agent,
        window=window,
        kind=KIND,
        subject=subject,
        first=clock.iso(doubt.supported),
        second=f"{doubt.moment:%Y-%m-%d}",
        first_from="the newest rows and resets",
        second_from="--at" if clock.is_given() else "the clock",
        detail=doubt.reason,
        source="clock",
    )
