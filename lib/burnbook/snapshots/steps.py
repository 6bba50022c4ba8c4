"""The snapshots that `start`, `end` and `cross` book: their phases and windows."""

from burnbook.base.errors import Missing, UsageError
from burnbook.context import Context
from burnbook.rows.meters import Phase, Snapshot
from burnbook.snapshots import crossing
from burnbook.snapshots.pane_input import PaneInput
from burnbook.times import clock
from burnbook.windows import boundaries
from burnbook.windows.snapshot_index import snapshot_index
from burnbook.windows.state import state_of

Step = tuple[Phase, str]


def steps(
    ctx: Context, action: str, provider: str, window: str | None, pane: PaneInput
) -> list[Step]:
    """Returns (phase, window) of each snapshot to book. `window` is None if the call names none.

    Raises Missing without a BEFORE to close, and UsageError if no window follows.
    """
    if action == "start":
        return [("before", window or _to_start(ctx, provider))]
    closing = window or _open_window(ctx, provider)
    if action == "cross" and window is None:
        closing = crossing.ended_window(ctx, provider, closing, pane.captured_at)
    if snapshot_index(ctx).pair(closing, ctx.agent, provider).before is None:
        raise Missing(
            f"no BEFORE of {provider} for {ctx.agent} in {closing}; nothing booked "
            f"(snapshot start {provider} --window {closing} books one)"
        )
    if action == "end":
        return [("after", closing)]
    following = boundaries.following(ctx.config, closing)
    if following is None:
        raise UsageError(_no_next(closing) + "; nothing booked")
    return [("after", closing), ("before", following)]


def crossed(
    ctx: Context, action: str, provider: str, window: str | None, pane: PaneInput
) -> list[Snapshot]:
    """Returns the booked snapshots that this call only repeats: a crossing without a window."""
    if action != "cross" or window is not None:
        return []
    return crossing.repeated_crossing(ctx, provider, _open_window(ctx, provider), pane, clock.now())


def _to_start(ctx: Context, provider: str) -> str:
    """Returns the open window; after an AFTER the next one; at first the first declared one."""
    state = state_of(snapshot_index(ctx), ctx.agent, provider)
    if state is None:
        for name in ctx.config.windows.windows:
            return name
        raise UsageError("no window is declared in windows.toml; name one with --window")
    if state.phase == "before":
        return state.window
    following = boundaries.following(ctx.config, state.window)
    if following is None:
        raise UsageError(f"{_no_next(state.window)}, or name the window with --window")
    return following


def _open_window(ctx: Context, provider: str) -> str:
    state = state_of(snapshot_index(ctx), ctx.agent, provider)
    if state is None:
        raise Missing(
            f"no BEFORE of {provider} for {ctx.agent} in this book; nothing booked "
            f"(snapshot start {provider} books one)"
        )
    return state.window


def _no_next(window: str) -> str:
    return f"nothing follows {window}: it has no number at its end; declare its `next`"
