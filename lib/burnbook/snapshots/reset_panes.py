"""Captures the panes that a reset needs, and keeps them beside the snapshots made from them."""

from collections.abc import Mapping, Sequence
from functools import partial

from burnbook.base.errors import IO, BadData
from burnbook.book.book import Booked
from burnbook.context import Context
from burnbook.rows.meters import Snapshot
from burnbook.snapshots import capture, capture_config
from burnbook.snapshots.build_row import save_raw
from burnbook.snapshots.pane_input import PaneInput, parse_pane
from burnbook.snapshots.reset_plan import (
    AgentProvider,
    CaptureFault,
    ResetOptions,
    due,
    needs_pane,
    pairs,
)
from burnbook.times import clock
from burnbook.windows import resets
from burnbook.windows.snapshot_index import own_index

Panes = Mapping[AgentProvider, PaneInput | CaptureFault | None]


def take(ctx: Context, options: ResetOptions) -> Panes | None:
    """Returns the pane of each agent and provider that is due, or the reason why there is none.

    The pane is None for agents that book by hand. Returns None after a recipe's capture pass.
    """
    now = clock.now()
    names: dict[AgentProvider, str | None] = {}
    for who in pairs(ctx):
        turns = resets.turns(ctx.config, own_index(ctx), *who, now)
        if any(needs_pane(turn) and due(ctx, turn, now, options) for turn in turns):
            declared = capture_config.declared(ctx, *who)
            names[who] = declared[0] if declared else None
    captured = capture.two_pass(partial(_jobs, ctx, {name for name in names.values() if name}))
    if captured is None:
        return None
    return {
        who: _pane(ctx, who[1], captured[name]) if name else None
        for who, name in names.items()
        if name is None or name in captured
    }


def keep(ctx: Context, booked: Sequence[Booked], panes: Panes) -> None:
    """Keeps the pane of each new snapshot."""
    for row, is_new in booked:
        if isinstance(row, Snapshot) and is_new:
            pane = panes.get((row.agent or "", row.provider))
            if isinstance(pane, PaneInput) and pane.text and row.captured_at == pane.captured_at:
                save_raw(ctx, row.id, pane.text)


def _jobs(ctx: Context, names: set[str]) -> dict[str, capture.Job]:
    """Returns one capture for each declared agent, also if several agents share it."""
    if names:
        capture_config.check(ctx)
    agents = ctx.config.agents
    return {name: capture_config.job(ctx, name, agents[name]) for name in sorted(names)}


def _pane(ctx: Context, provider: str, captured: capture.Captured) -> PaneInput | CaptureFault:
    if captured.text is None:
        return CaptureFault(captured.fault or "the capture failed", IO)
    try:
        return parse_pane(ctx, provider, "capture", captured.text, captured.captured_at)
    except BadData as error:
        return CaptureFault(str(error), error.code)
