"""Facts about a window: its span, pairs, closings, anomalies and missed resets."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from burnbook.book import codec
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.meters import deltas
from burnbook.rows.meters import Anomaly, Closing, MeterDelta, Snapshot, WindowRow
from burnbook.rows.work import MissedReset
from burnbook.times import clock
from burnbook.windows import boundaries, history, resets
from burnbook.windows.boundaries import Span, State
from burnbook.windows.missed_resets import row as missed_row
from burnbook.windows.resets import CAPTURE_FAILED
from burnbook.windows.snapshot_index import Pair, read_snapshots, snapshot_index


class WindowFacts(msgspec.Struct, frozen=True):
    """Facts about a window in the book and the config, without traffic and usage.

    `rows` has the snapshots of the pairs by id, `recent` the newest snapshots that count (as many
    as the preview shows), and `booked` is the number of all that count.
    """

    window: str
    config: Config
    now: datetime
    span: Span
    state: State
    pairs: Sequence[Pair]
    rows: Mapping[str, Snapshot]
    recent: Sequence[Snapshot]
    booked: int
    closings: Sequence[Closing]
    anomalies: Sequence[Anomaly]
    finalized: WindowRow | None
    missed: Sequence[MissedReset]


class Recorded(NamedTuple):
    """What the book records about windows, by window: anomalies, and missed resets in order."""

    anomalies: Mapping[str | None, Sequence[Anomaly]]
    missed: Mapping[str | None, Sequence[MissedReset]]


def read_recorded(ctx: Context) -> Recorded:
    """Reads the journals of anomalies and resets.

    The missed resets include those that the next command to book will record.
    """
    anomalies: defaultdict[str | None, list[Anomaly]] = defaultdict(list)
    for row in ctx.book.rows("anomalies"):
        anomalies[row.window].append(row)
    resets_by_key = {(row.window, row.boundary): row for row in ctx.book.rows("resets")}
    now = clock.now()
    for key in resets.missed(ctx.config, snapshot_index(ctx), now):
        resets_by_key.setdefault(key, missed_row(*key, now))
    missed: defaultdict[str | None, list[MissedReset]] = defaultdict(list)
    for row in sorted(resets_by_key.values(), key=lambda row: row.boundary):
        missed[row.window].append(row)
    return Recorded(anomalies, missed)


def window_facts(ctx: Context, window: str, recorded: Recorded | None = None) -> WindowFacts:
    """The facts of one window as the book is now.

    For many windows, read what is `recorded` once.
    """
    recorded = recorded or read_recorded(ctx)
    index = snapshot_index(ctx)
    pairs, counted = index.pairs(window), index.counted(window)
    recent = read_snapshots(ctx.book, counted[-ctx.config.preview.snapshots :])
    rows = {row.id: row for row in recent}
    of_pairs = [e for pair in pairs for e in (pair.before, pair.after) if e]
    missing = [entry for entry in of_pairs if entry.id not in rows]
    rows |= {row.id: row for row in read_snapshots(ctx.book, missing)}
    rows = {entry.id: rows[entry.id] for entry in of_pairs}
    closed = closings(pairs, rows)
    finalized = history.closing(ctx, window)
    return WindowFacts(
        window=window,
        config=ctx.config,
        now=clock.now(),
        span=boundaries.of(ctx.config, index, window),
        state=boundaries.state(pairs, finalized=finalized is not None),
        pairs=pairs,
        rows=rows,
        recent=recent,
        booked=len(counted),
        closings=closed,
        anomalies=_anomalies(recorded.anomalies.get(window, ()), window, closed),
        finalized=finalized,
        missed=recorded.missed.get(window, ()),
    )


def falls(window: str, closed: tuple[Closing, ...]) -> list[Anomaly]:
    """An anomaly for every meter that fell without a reset to explain it."""
    return [
        _fall(window, closing, meter)
        for closing in closed
        for meter in closing.meters
        if deltas.fell(meter)
    ]


def _anomalies(
    recorded: Sequence[Anomaly], window: str, closed: tuple[Closing, ...]
) -> list[Anomaly]:
    """The recorded anomalies whose snapshots still count, and those that the snapshots show now.

    A fall is dropped if one of its snapshots was voided or replaced, a failed capture if the pane
    was booked later.
    """
    closed_pairs = {f"{pair.agent}/{pair.provider}" for pair in closed if pair.after is not None}
    counting = {row_id for closing in closed for row_id in (closing.before, closing.after)}
    kept = {
        row.id: row
        for row in recorded
        if (row.kind != deltas.NEGATIVE_DELTA or {row.first_from, row.second_from} <= counting)
        and (row.kind != CAPTURE_FAILED or row.subject not in closed_pairs)
    }
    return list((kept | {row.id: row for row in falls(window, closed)}).values())


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


def open_pairs(pairs: Sequence[Pair]) -> list[str]:
    """`agent provider` of every pair that has no AFTER."""
    return [f"{pair.agent} {pair.provider}" for pair in pairs if pair.after is None]


def closings(pairs: Sequence[Pair], rows: Mapping[str, Snapshot]) -> tuple[Closing, ...]:
    """One closing for each pair; `rows` has the snapshots of the pairs by id."""
    closed = []
    for pair in pairs:
        before = rows.get(pair.before.id) if pair.before else None
        after = rows.get(pair.after.id) if pair.after else None
        newest = after or before
        closed.append(
            Closing(
                agent=pair.agent,
                provider=pair.provider,
                before=before.id if before else None,
                after=after.id if after else None,
                meters=tuple(deltas.deltas(before, after)),
                context=newest.context if newest else None,
            )
        )
    return tuple(closed)


def context_tokens(closings: Sequence[Closing]) -> list[int]:
    """The context tokens that the newest pane of each agent and provider shows, if it does."""
    shown = [closing.context for closing in closings if closing.context]
    return [context.used_tokens for context in shown if context.used_tokens is not None]
