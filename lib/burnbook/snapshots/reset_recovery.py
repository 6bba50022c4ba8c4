"""Completes a killed reset whose snapshots were booked, but not the rows that follow them."""

import msgspec

from burnbook.context import Context
from burnbook.rows.meters import Row
from burnbook.snapshots.build_row import with_count
from burnbook.windows.booked.pairs import Entry
from burnbook.windows.snapshot_index import own_index, read_snapshots
from burnbook.windows.state import State, state_of, state_path


def unfinished_rows(ctx: Context) -> list[tuple[str, Row]]:
    """Rows to book again: missing counts of requests, and snapshots without their state."""
    rows: list[tuple[str, Row]] = []
    counted: set[str] | None = None
    for agent, provider, *_ in own_index(ctx).heads():
        entries = _automatic(ctx, agent, provider)
        for row in read_snapshots(ctx.book, entries):
            if row.requests is not None:
                if counted is None:
                    counted = {count.snapshot for count in ctx.book.rows("prompts")}
                rows += with_count(ctx, row) if row.id not in counted else []
        if entries and _saved_state(ctx, agent, provider) != state_of(
            own_index(ctx), agent, provider
        ):
            rows += [("snapshots", row) for row in read_snapshots(ctx.book, entries[-1:])]
    return rows


def _automatic(ctx: Context, agent: str, provider: str) -> list[Entry]:
    """The snapshots of the last reset, oldest first."""
    index = own_index(ctx)
    last_two = reversed(index.entered(agent, provider)[:2])
    pairs = [index.pair(window, agent, provider) for window in last_two]
    entries = [entry for pair in pairs for entry in (pair.before, pair.after) if entry]
    return [entry for entry in entries if entry.boundary is not None]


def _saved_state(ctx: Context, agent: str, provider: str) -> State | None:
    try:
        data = state_path(ctx.book.root, agent, provider).read()
        return msgspec.json.decode(data or b"", type=State)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
