"""Refuses to book under a wrong clock: a moment that nothing in the book or the pane supports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from burnbook.base.errors import BadData
from burnbook.book import codec
from burnbook.context import Context
from burnbook.rows.meters import Anomaly, Meter, Snapshot
from burnbook.rows.usage import MeterReading
from burnbook.snapshots.pane_input import Taken
from burnbook.times import clock
from burnbook.times.wall_time import WallTime
from burnbook.windows import boundaries

ALONE = timedelta(days=1)
BY_HAND = timedelta(days=31)

_SLACK = timedelta(days=1)
# A date without a year comes again every year, so it cannot tell 2040 from 2026.
_YEAR = timedelta(days=400)
_FOREVER = timedelta(days=400_000)
_MONTH = 31 * 1440


def announced(rows: Iterable[Snapshot | MeterReading]) -> list[datetime]:
    """The latest reset that the meters of these rows announce, if any.

    A reset further away than the meter's window is long does not count.
    """
    found = [
        meter.resets_at
        for row in rows
        for meter in row.meters
        if meter.resets_at is not None and _is_next(meter, row.captured_at)
    ]
    return sorted(found)[-1:]


def reach(
    moment: datetime, meters: Sequence[Meter], shown: Mapping[str, WallTime | None]
) -> timedelta:
    """How far from the newest supported moment a pane that is read at `moment` supports it.

    It does where a meter's reset is ahead, no further than its window is long. `shown` has the
    resets as the pane's text gave them; a meter that is not in it came with a whole timestamp.
    """
    found = timedelta(0)
    for meter in meters:
        if _is_next(meter, moment):
            text = shown.get(meter.name)
            if meter.name not in shown or (text and text.year is not None):
                return _FOREVER
            if text and text.day is not None:
                found = _YEAR
    return found


def _is_next(meter: Meter, moment: datetime) -> bool:
    """Whether the meter's next reset, seen from a moment, is the one that it shows."""
    if meter.resets_at is None:
        return False
    length = timedelta(minutes=meter.window_minutes or _MONTH) + _SLACK
    return moment < meter.resets_at <= moment + length


KIND = "unsupported-moment"
"""The kind of anomaly of a moment that was refused."""
FORCED = "[forced: nothing supports this moment]"

_SINCE = datetime(2025, 1, 1, tzinfo=UTC)


class Doubt(NamedTuple):
    """Why a moment cannot be booked; `supported` is the nearest moment that can."""

    moment: datetime
    supported: datetime
    reason: str

    @property
    def what_to_do(self) -> str:
        """The end of the sentence for the user."""
        undo = "" if self.moment > self.supported else "take that snapshot back with undo, "
        return f"set the clock, {undo}or say --force if it is right"


def doubt(ctx: Context, moment: datetime, limit: timedelta, taken: Taken | None) -> Doubt | None:
    """What speaks against booking at a moment; None where nothing does.

    It may be `limit` after the newest supported moment: of a snapshot or checkpoint, of the end of
    a window, of a reset that the vendor announced. The pane in hand may show the vendor's date, and
    so support more. The past is refused only where the clock says it, not where --at does.
    """
    newest = max(_snapshots(ctx), default=None)
    if not clock.is_given() and moment < (newest or _SINCE) - ALONE:
        return _doubt(moment, newest or _SINCE, "before")
    if newest is None:
        return None
    if taken is not None:
        shown = {meter.name: meter.resets for meter in taken.pane.meters}
        limit = max(limit, reach(moment, taken.meters, shown))
    # What costs more to read comes later, and only where it matters.
    for supported in chain([newest], _ends(ctx, moment), _announced(ctx), _checkpoints(ctx)):
        newest = max(newest, supported)
        if moment <= newest + limit:
            return None
    return _doubt(moment, newest, "after")


def check(ctx: Context, window: str | None, found: Doubt | None) -> None:
    """Record the anomaly of a doubt, then refuse. Raises BadData."""
    if found is not None:
        if ctx.book.index.heads:  # what cannot be booked makes no book
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


def _doubt(moment: datetime, newest: datetime, side: str) -> Doubt:
    who = "--at is" if clock.is_given() else "the clock says"
    apart = clock.span((moment - newest).total_seconds())
    what = "the newest moment that the book or a pane supports"
    told = f"{who} {_second(moment)}, {apart} {side} {what} ({_second(newest)})"
    return Doubt(moment, newest, told)


def _second(moment: datetime) -> str:
    return clock.iso(moment.replace(microsecond=0))


def _snapshots(ctx: Context) -> Iterator[datetime]:
    """The newest moment of each agent and provider; another tool's rows tell nothing of today."""
    for who, (moment, window) in ctx.book.index.heads.items():
        last = ctx.book.index.pair(window, *who.split("/")).last
        if last is None or not last.imported:
            yield moment


def _ends(ctx: Context, moment: datetime) -> Iterator[datetime]:
    """The ends of the windows that are open, and the declared ends that have passed."""
    index = ctx.book.index
    open_ = (boundaries.of(ctx.config, index, head[1]).ends_at for head in index.heads.values())
    yield from (end for end in open_ if end is not None)
    declared = map(ctx.config.ends, ctx.config.windows.windows)
    yield from (end for end in declared if end is not None and end <= moment)


def _announced(ctx: Context) -> Iterator[datetime]:
    """The latest reset that the newest snapshots show, then the latest of all readings."""
    index = ctx.book.index
    entries = [
        entry
        for window in {head[1] for head in index.heads.values()}
        for pair in index.pairs(window)
        for entry in (pair.before, pair.after)
        if entry is not None
    ]
    yield from announced(ctx.book.snapshots(entries))
    yield from announced(ctx.book.rows("meters"))


def _checkpoints(ctx: Context) -> Iterator[datetime]:
    yield from (row.taken_at for row in ctx.book.rows("checkpoints"))
