"""Everything that a preview of one window can show: its facts, traffic and usage."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from burnbook.book import journal
from burnbook.context import Context
from burnbook.rows.work import Checkpoint, current
from burnbook.telemetry.queries import window_traffic
from burnbook.windows.facts import WindowFacts, window_facts
from burnbook.windows.history import History, history

if TYPE_CHECKING:
    from burnbook.telemetry.traffic import Traffic
    from burnbook.usage.counts import Counts
    from burnbook.usage.kinds import Key


class Scene(WindowFacts, frozen=True):
    """The facts of a window, and what only the preview needs.

    `traffic` is None without telemetry, `used` is None if no agent's log was ingested. Checkpoints
    are those that no other supersedes. `root` is the folder of the book.
    """

    history: History
    checkpoints: Sequence[Checkpoint]
    traffic: "Traffic | None"
    used: "Sequence[tuple[Key, Counts]] | None"
    root: str


def scene(ctx: Context, window: str) -> Scene:
    """Reads everything that the book and the config know of a window."""
    return Scene(
        **msgspec.structs.asdict(window_facts(ctx, window)),
        history=history(ctx),
        checkpoints=window_checkpoints(ctx, window),
        traffic=window_traffic(ctx.store, window),
        used=_used(ctx, window),
        root=str(ctx.book.root),
    )


def window_checkpoints(ctx: Context, window: str) -> list[Checkpoint]:
    """Returns the checkpoints of a window that no other supersedes, in the order of booking."""
    return current([row for row in ctx.book.rows("checkpoints") if row.window == window])


def _used(ctx: Context, window: str) -> "list[tuple[Key, Counts]] | None":
    """Returns tokens from agents' logs. Without such a journal, the usage room is not imported."""
    if not journal.size(journal.path_of(ctx.book.root, "agent_usage")):
        return None
    from burnbook.usage import queries

    return queries.window_sums(ctx.store, window) or None
