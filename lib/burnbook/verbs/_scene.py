"""Sets the scene of one window: what finalize closes and the preview shows."""

from typing import TYPE_CHECKING

from burnbook import clock, journal, records
from burnbook.blocks import Scene
from burnbook.derive import closings, meters, resets, windows
from burnbook.derive.resets import CAPTURE_FAILED
from burnbook.derive.snapshots import Pair
from burnbook.rows import Anomaly, Closing, MeterDelta
from burnbook.verbs import Context
from burnbook.verbs._missed import row as missed_row
from burnbook.workrows import MissedReset

if TYPE_CHECKING:
    from burnbook.derive.used import Counts
    from burnbook.derive.usedays import Day


def scene(ctx: Context, window: str) -> Scene:
    """Everything about a window that is in the book or in the config."""
    index = ctx.book.index
    pairs = index.pairs(window)
    counted = index.counted(window)
    recent = ctx.book.snapshots(counted[-ctx.config.preview.snapshots :])
    rows = {row.id: row for row in recent}
    wanted = [e for pair in pairs for e in (pair.before, pair.after) if e and e.id not in rows]
    rows |= {row.id: row for row in ctx.book.snapshots(wanted)}
    of_pairs = {e.id: rows[e.id] for pair in pairs for e in (pair.before, pair.after) if e}
    closed = closings.closings(pairs, of_pairs)
    finalized = ctx.book.closing(window)
    return Scene(
        window=window,
        config=ctx.config,
        now=clock.now(),
        span=windows.of(ctx.config, index, window),
        state=windows.state(pairs, finalized=finalized is not None),
        pairs=pairs,
        rows=of_pairs,
        recent=recent,
        booked=len(counted),
        closings=closed,
        anomalies=_anomalies(ctx, window, closed),
        finalized=finalized,
        history=ctx.book.history,
        traffic=ctx.book.traffic(window),
        missed=_missed(ctx, window),
        used=_used(ctx, window),
    )


def _missed(ctx: Context, window: str) -> list[MissedReset]:
    """The recorded ones, and those that the next command to book will record."""
    recorded = {row.boundary: row for row in ctx.book.rows("resets") if row.window == window}
    now = clock.now()
    for place, boundary in resets.missed(ctx.config, ctx.book.index, now):
        if place == window and boundary not in recorded:
            recorded[boundary] = missed_row(window, boundary, now)
    return [recorded[boundary] for boundary in sorted(recorded)]


def _used(ctx: Context, window: str) -> "list[tuple[Day, Counts]] | None":
    """What agents used, as their logs told; a book without any does not pay for it."""
    if not journal.size(journal.path_of(ctx.book.root, "agent_usage")):
        return None
    from burnbook import dayfold

    return dayfold.of_window(ctx.book, ctx.config, window)


def falls(window: str, closed: tuple[Closing, ...]) -> list[Anomaly]:
    """An anomaly for every meter that fell with no reset to explain it."""
    return [
        _fall(window, closing, meter)
        for closing in closed
        for meter in closing.meters
        if meters.fell(meter)
    ]


def _anomalies(ctx: Context, window: str, closed: tuple[Closing, ...]) -> list[Anomaly]:
    """The recorded ones whose snapshots still count, and those that the snapshots show now.

    A fall goes when either of its snapshots was taken back, or another was booked in its place; a
    capture that failed goes when the pane came after all.
    """
    closed_pairs = {f"{one.agent}/{one.provider}" for one in closed if one.after is not None}
    counting = {place for closing in closed for place in (closing.before, closing.after)}
    standing = {
        row.id: row
        for row in ctx.book.anomalies(window)
        if (row.kind != meters.NEGATIVE_DELTA or {row.first_from, row.second_from} <= counting)
        and (row.kind != CAPTURE_FAILED or row.subject not in closed_pairs)
    }
    return list((standing | {row.id: row for row in falls(window, closed)}).values())


def _fall(window: str, closing: Closing, meter: MeterDelta) -> Anomaly:
    assert meter.before is not None and meter.after is not None
    return records.make(
        Anomaly,
        agent=closing.agent,
        window=window,
        kind=meters.NEGATIVE_DELTA,
        subject=f"{closing.provider} {meter.name}",
        first=meter.before,
        second=meter.after,
        first_from=closing.before,
        second_from=closing.after,
        detail=f"{closing.agent} {closing.provider} {meter.name} fell from {meter.before:g}% "
        f"to {meter.after:g}% with no reset shown between",
    )


def open_pairs(pairs: list[Pair]) -> list[str]:
    """`agent provider` of every pair that has no AFTER."""
    return [f"{pair.agent} {pair.provider}" for pair in pairs if pair.after is None]
