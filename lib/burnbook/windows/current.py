"""The window that a reading command shows by default."""

from burnbook.base import ids
from burnbook.base.errors import Missing
from burnbook.book import journal
from burnbook.context import Context
from burnbook.telemetry.queries import has_traffic
from burnbook.windows.history import history
from burnbook.windows.snapshot_index import snapshot_index


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
    """Returns the agent's newest window, else the newest of all, else the first declared one."""
    index = snapshot_index(ctx)
    newest = index.latest(ctx.agent) or index.latest()
    if newest:
        return newest
    for name in ctx.config.windows.windows:
        return name
    raise Missing("no window: none is declared in windows.toml and none is in the book")


def is_known(ctx: Context, window: str) -> bool:
    """Whether the book has a row about a window."""
    if snapshot_index(ctx).has(window) or history(ctx).line_of(window) is not None:
        return True
    return has_traffic(ctx.store, window) or _is_named(ctx, window)


def _is_named(ctx: Context, window: str) -> bool:
    """Whether a request of an agent's log names the window."""
    field = b'"window":"%b"' % window.encode()
    lines = journal.lines(journal.path_of(ctx.book.root, "agent_usage"))
    return any(field in line for _, line in lines)
