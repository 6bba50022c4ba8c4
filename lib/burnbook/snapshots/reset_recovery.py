"""What a reset that was killed left undone: the rows are there, but not all that follows them."""

import msgspec

from burnbook.context import Context
from burnbook.rows.meters import Row
from burnbook.snapshots.build_row import with_prompts
from burnbook.windows import boundaries
from burnbook.windows.snapshot_index import Entry, read_snapshots, snapshot_index
from burnbook.windows.state import State, state_of, state_path


def unfinished(ctx: Context) -> list[tuple[str, Row]]:
    """Rows to book again: counts of prompts that are missing, and snapshots without their state."""
    found: list[tuple[str, Row]] = []
    counted: set[str] | None = None
    for agent, provider, *_ in snapshot_index(ctx).heads():
        entries = _automatic(ctx, agent, provider)
        for row in read_snapshots(ctx.book, entries):
            if row.prompts is not None:
                if counted is None:
                    counted = {one.snapshot for one in ctx.book.rows("prompts")}
                found += with_prompts(ctx, row) if row.id not in counted else []
        if entries and _told(ctx, agent, provider) != state_of(
            snapshot_index(ctx), agent, provider
        ):
            found += [("snapshots", row) for row in read_snapshots(ctx.book, entries[-1:])]
    return found


def _automatic(ctx: Context, agent: str, provider: str) -> list[Entry]:
    """The snapshots of the last reset, the newest last."""
    index = snapshot_index(ctx)
    newest = index.latest(agent, provider)
    earlier = boundaries.before(ctx.config, newest, index.windows()) if newest else None
    pairs = [index.pair(window, agent, provider) for window in (earlier, newest) if window]
    entries = [entry for pair in pairs for entry in (pair.before, pair.after) if entry]
    return [entry for entry in entries if entry.boundary is not None]


def _told(ctx: Context, agent: str, provider: str) -> State | None:
    try:
        data = state_path(ctx.book.root, agent, provider).read()
        return msgspec.json.decode(data or b"", type=State)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
