"""Facts about a window: its pairs, closings, anomalies and missed resets."""

from collections.abc import Mapping, Sequence

from burnbook.book import codec
from burnbook.context import Context
from burnbook.meters import deltas
from burnbook.rows.meters import Anomaly, Closing, MeterDelta, Snapshot
from burnbook.rows.work import MissedReset
from burnbook.times import clock
from burnbook.windows import resets
from burnbook.windows.missed_resets import row as missed_row
from burnbook.windows.resets import CAPTURE_FAILED
from burnbook.windows.snapshot_index import Pair


def _missed(ctx: Context, window: str) -> list[MissedReset]:
    """The recorded ones, and those that the next command to book will record."""
    recorded = {row.boundary: row for row in ctx.book.rows("resets") if row.window == window}
    now = clock.now()
    for place, boundary in resets.missed(ctx.config, ctx.book.index, now):
        if place == window and boundary not in recorded:
            recorded[boundary] = missed_row(window, boundary, now)
    return [recorded[boundary] for boundary in sorted(recorded)]


def falls(window: str, closed: tuple[Closing, ...]) -> list[Anomaly]:
    """An anomaly for every meter that fell with no reset to explain it."""
    return [
        _fall(window, closing, meter)
        for closing in closed
        for meter in closing.meters
        if deltas.fell(meter)
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
        if (row.kind != deltas.NEGATIVE_DELTA or {row.first_from, row.second_from} <= counting)
        and (row.kind != CAPTURE_FAILED or row.subject not in closed_pairs)
    }
    return list((standing | {row.id: row for row in falls(window, closed)}).values())


def _fall(window: str, closing: Closing, meter: MeterDelta) -> Anomaly:
    assert meter.before is not None and meter.after is not None
    return codec.make(
        Anomaly,
        agent=closing.agent,
        window=window,
        kind=deltas.NEGATIVE_DELTA,
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


def closings(pairs: Sequence[Pair], rows: Mapping[str, Snapshot]) -> tuple[Closing, ...]:
    """One closing a pair; `rows` holds the snapshots of the pairs by id."""
    found = []
    for pair in pairs:
        before = rows.get(pair.before.id) if pair.before else None
        after = rows.get(pair.after.id) if pair.after else None
        newest = after or before
        found.append(
            Closing(
                agent=pair.agent,
                provider=pair.provider,
                before=before.id if before else None,
                after=after.id if after else None,
                meters=tuple(deltas.deltas(before, after)),
                context=newest.context if newest else None,
            )
        )
    return tuple(found)


def context_tokens(closings: Sequence[Closing]) -> list[int]:
    """The context tokens that the newest pane of each agent and provider shows, where it does."""
    shown = [closing.context for closing in closings if closing.context]
    return [context.used_tokens for context in shown if context.used_tokens is not None]
