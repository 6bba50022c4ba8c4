"""Everything that a preview of one window can show: its facts, traffic and usage."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from burnbook.book import journal
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.rows.meters import Anomaly, Closing, Snapshot, WindowRow
from burnbook.rows.work import MissedReset
from burnbook.telemetry.queries import window_traffic
from burnbook.windows.boundaries import Span, State
from burnbook.windows.facts import WindowFacts, window_facts
from burnbook.windows.history import History, history
from burnbook.windows.snapshot_index import Pair

if TYPE_CHECKING:
    from burnbook.telemetry.traffic import Traffic
    from burnbook.usage.counts import Counts
    from burnbook.usage.queries import Key


class Scene(NamedTuple):
    """The fields of WindowFacts, and what only the preview needs.

    `traffic` is None without telemetry, `used` is None if no agent's log was ingested.
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
    history: History
    traffic: "Traffic | None"
    used: "Sequence[tuple[Key, Counts]] | None"

    @property
    def facts(self) -> WindowFacts:
        """Returns the facts alone."""
        return WindowFacts._make(self[: len(WindowFacts._fields)])


def scene(ctx: Context, window: str) -> Scene:
    """Reads everything that the book and the config know of a window."""
    return Scene(
        *window_facts(ctx, window),
        history=history(ctx),
        traffic=window_traffic(ctx.store, window),
        used=_used(ctx, window),
    )


def _used(ctx: Context, window: str) -> "list[tuple[Key, Counts]] | None":
    """Returns tokens from agents' logs. Without such a journal, the usage room is not imported."""
    if not journal.size(journal.path_of(ctx.book.root, "agent_usage")):
        return None
    from burnbook.usage import queries

    return queries.window_sums(ctx.store, window) or None
