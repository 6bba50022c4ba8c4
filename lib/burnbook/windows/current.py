"""The window that is open now: what commands use when the call names none."""

from datetime import datetime

from burnbook.base import ids
from burnbook.base.errors import Missing
from burnbook.book import journal
from burnbook.context import Context
from burnbook.telemetry.queries import has_traffic
from burnbook.times import clock
from burnbook.windows import boundaries
from burnbook.windows.history import history
from burnbook.windows.snapshot_index import SnapshotIndex, snapshot_index


def wanted(ctx: Context, name: str | None) -> str:
    """Returns the named window if it is declared or in the book; the current one for None."""
    if name is None:
        return current(ctx)
    window = ids.check("window", name)
    declared = ctx.config.windows.windows
    if window not in declared and not is_known(ctx, window):
        known = ", ".join(sorted({*declared, *snapshot_index(ctx).windows()})) or "none"
        raise Missing(f"window {window} is neither declared nor in the book; valid: {known}")
    return window


def current(ctx: Context) -> str:
    """Returns the window that is open now, the agent's own if it is in one.

    Else the window that ended last, else the first declared one that has not been used up.
    """
    now = clock.now()
    index = snapshot_index(ctx).until(now)
    window = open_window(ctx, index, now) or ended_last(ctx, index) or snapshot_index(ctx).latest()
    if window is None:
        window = first_declared(ctx, now) or next(iter(ctx.config.windows.windows), None)
    if window is None:
        raise Missing(
            "no window: none is declared in windows.toml and none is in the book; `start PROVIDER "
            "W1` begins one"
        )
    return window


def open_window(ctx: Context, index: SnapshotIndex, moment: datetime) -> str | None:
    """The window that is open at a moment and not finalized, the agent's own first."""
    names = boundaries.open_windows(ctx.config, index, moment, ctx.agent)
    return next((name for name in names if not _is_finalized(ctx, name)), None)


def ended_last(ctx: Context, index: SnapshotIndex) -> str | None:
    """The window whose end is the latest, of several the agent's own."""
    ends = [
        (boundaries.boundary_of(ctx.config, index, *head.membership), head.agent == ctx.agent, head)
        for head in index.heads()
    ]
    known = [(end, is_own, head.window) for end, is_own, head in ends if end is not None]
    return max(known)[2] if known else None


def first_declared(ctx: Context, moment: datetime) -> str | None:
    """The first declared window that is not finalized and has no end before a moment."""
    for name in ctx.config.windows.windows:
        ends = ctx.config.ends(name)
        if (ends is None or ends > moment) and not _is_finalized(ctx, name):
            return name
    return None


def is_known(ctx: Context, window: str) -> bool:
    """Whether the book has a row about a window."""
    if snapshot_index(ctx).entries(window) or _is_finalized(ctx, window):
        return True
    return has_traffic(ctx.store, window) or _is_named(ctx, window)


def _is_finalized(ctx: Context, window: str) -> bool:
    return history(ctx).line_of(window) is not None


def _is_named(ctx: Context, window: str) -> bool:
    """Whether a request of an agent's log names the window."""
    field = b'"window":"%b"' % window.encode()
    lines = journal.lines(journal.path_of(ctx.book.root, "agent_usage"))
    return any(field in line for _, line in lines)
