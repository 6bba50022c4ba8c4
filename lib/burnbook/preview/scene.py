"""Sets the scene of one window: what finalize closes and the preview shows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from burnbook.book import journal
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.rows.meters import Anomaly, Closing, Snapshot, WindowRow
from burnbook.rows.work import MissedReset
from burnbook.times import clock
from burnbook.windows import boundaries
from burnbook.windows.boundaries import Span, State
from burnbook.windows.facts import _anomalies, _missed, closings
from burnbook.windows.history import History
from burnbook.windows.snapshot_index import Pair

if TYPE_CHECKING:
    from burnbook.telemetry.traffic import Traffic
    from burnbook.usage.counts import Counts
    from burnbook.usage.queries import Key


class Scene(NamedTuple):
    """Everything that a preview of one window may show."""

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
    history: History
    traffic: "Traffic | None"
    missed: Sequence[MissedReset] = ()
    used: "Sequence[tuple[Key, Counts]] | None" = None


if TYPE_CHECKING:
    from burnbook.usage.counts import Counts
    from burnbook.usage.queries import Key


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
    closed = closings(pairs, of_pairs)
    finalized = ctx.book.closing(window)
    return Scene(
        window=window,
        config=ctx.config,
        now=clock.now(),
        span=boundaries.of(ctx.config, index, window),
        state=boundaries.state(pairs, finalized=finalized is not None),
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


def _used(ctx: Context, window: str) -> "list[tuple[Key, Counts]] | None":
    """What agents used, as their logs told; a book without any does not pay for it."""
    if not journal.size(journal.path_of(ctx.book.root, "agent_usage")):
        return None
    from burnbook.usage import queries

    return queries.window_sums(ctx.store, window) or None
