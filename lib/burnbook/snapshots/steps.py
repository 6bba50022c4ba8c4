"""The snapshots that `start`, `end` and `cross` book: their phases and windows."""

from datetime import datetime
from typing import NamedTuple

from burnbook.base.errors import Missing, UsageError
from burnbook.context import Context
from burnbook.rows.meters import Phase, Snapshot
from burnbook.snapshots import crossing
from burnbook.snapshots.pane_input import PaneInput
from burnbook.times import clock
from burnbook.view import parts
from burnbook.windows import boundaries, current, resets
from burnbook.windows.resets import Turn
from burnbook.windows.snapshot_index import SnapshotIndex, own_index

Step = tuple[Phase, str]


class Plan(NamedTuple):
    """The (phase, window) of each snapshot to book, and a note about the choice.

    With `left`, BEFORE is also the AFTER of that turn's window, which has ended or is about to.
    `absent` is the turn of an agent that was away, with the resets that it missed.
    """

    steps: tuple[Step, ...]
    left: Turn | None = None
    absent: Turn | None = None
    note: str | None = None


def plan(ctx: Context, action: str, provider: str, window: str | None, pane: PaneInput) -> Plan:
    """Decides what to book. `window` is None if the call names none.

    Raises Missing without a BEFORE to close, and UsageError if no window follows.
    """
    moment = pane.asked_at or pane.captured_at
    index = own_index(ctx).until(moment)
    if action == "start":
        if window is not None:
            return Plan((("before", window),))
        return _start(ctx, index, provider, moment)
    closing = window or _last_window(ctx, index, provider)
    if action == "cross" and window is None:
        closing = crossing.ended_window(ctx, provider, closing, pane.captured_at)
    pair = own_index(ctx).pair(closing, ctx.agent, provider)
    if pair.before is None:
        raise Missing(
            f"no BEFORE of {provider} for {ctx.agent} in {closing}; nothing booked "
            f"(snapshot start {provider} --window {closing} books one)"
        )
    if action == "cross" and pane.captured_at < pair.before.captured_at:
        began = parts.moment(pair.before.captured_at, ctx.config.zone)
        raise UsageError(f"{closing} began at {began}, after this pane; nothing booked")
    soon = moment + ctx.config.windows.early
    turn = resets.current_turn(ctx.config, index, ctx.agent, provider, soon, closing)
    if window is None and turn and _is_over(turn, moment, pane):
        raise Missing(
            f"{closing} has ended and has its AFTER; nothing booked "
            f"(snapshot start {provider} begins a window)"
        )
    if action == "end":
        return Plan((("after", closing),))
    following = turn.next if turn else boundaries.following(ctx.config, closing)
    if following is None:
        raise UsageError(_no_next(closing) + "; nothing booked")
    return Plan((("after", closing), ("before", following)), absent=turn)


def crossed(
    ctx: Context, action: str, provider: str, window: str | None, pane: PaneInput
) -> list[Snapshot]:
    """Returns the booked snapshots that this call only repeats: a crossing without a window."""
    if action != "cross" or window is not None:
        return []
    last = _last_window(ctx, own_index(ctx), provider)
    return crossing.repeated_crossing(ctx, provider, last, pane, clock.now())


def _start(ctx: Context, index: SnapshotIndex, provider: str, moment: datetime) -> Plan:
    """BEFORE of the open window, or of the next one if the agent's own has ended.

    Work that starts shortly before a reset belongs to the time after it.
    """
    soon = moment + ctx.config.windows.early
    own = next(iter(index.entered(ctx.agent, provider)), None)
    turn = own and resets.current_turn(ctx.config, index, ctx.agent, provider, soon, own)
    if not turn:
        return Plan((("before", _to_join(ctx, index, soon)),))
    if turn.after is None and soon < turn.boundary:
        return Plan((("before", turn.window),))
    following = turn.next or current.open_window(ctx, index, soon)
    if following is None or following == turn.window:
        raise UsageError(f"{_no_next(turn.window)}, or name the window with --window")
    steps: tuple[Step, ...] = (("before", following),)
    if turn.after is not None or resets.is_abandoned(ctx.config, turn, moment):
        return Plan(steps, absent=turn)
    verb = "ended" if turn.boundary <= moment else "ends"
    note = (
        f"{turn.window} {verb} at {parts.moment(turn.boundary, ctx.config.zone)}, so this begins "
        f"{following}; its pane is also the AFTER of {turn.window}"
    )
    return Plan(steps, left=turn, absent=turn, note=note)


def _to_join(ctx: Context, index: SnapshotIndex, moment: datetime) -> str:
    """The window for an agent's first BEFORE: the open one, else the one after the last."""
    window = current.open_window(ctx, index, moment)
    last = current.ended_last(ctx, index) or index.latest()
    if window is None and last is not None:
        ends = boundaries.of(ctx.config, index, last).ends_at or moment
        window = boundaries.next_window(ctx.config, index, last, ends, moment).window
        if window is None:
            raise UsageError(f"{_no_next(last)}, or name the window with --window")
    window = window or current.first_declared(ctx, moment)
    if window is None:
        has_some = bool(ctx.config.windows.windows)
        reason = "every declared window has ended" if has_some else "no window is declared"
        raise UsageError(f"{reason} in windows.toml; name one with --window")
    return window


def check_replaced(ctx: Context, row: Snapshot, *, is_named: bool) -> None:
    """Notes that a row replaces another of its window although that has ended.

    Raises UsageError for a BEFORE if the call does not name the window, also if the BEFORE is so
    much older than the others of its window that this would have ended at an earlier reset.
    """
    index, window, who = own_index(ctx), row.window or "", (row.agent or "", row.provider)
    pair, span = index.pair(window, *who), boundaries.of(ctx.config, index, window)
    old = pair.before if row.phase == "before" else pair.after
    zone = ctx.config.zone
    if any(entry.id == row.id for entry in index.entries(window)):
        return
    if row.phase == "before" and boundaries.ends_earlier(ctx.config, span, window, row.captured_at):
        begun = parts.moment(span.starts_at, zone) if span.starts_at else ""
        reason = f"{window} began at {begun}, at least one reset after this BEFORE"
        if not is_named:
            raise UsageError(f"{reason}; nothing booked (--window {window} books it)")
        ctx.notes.append(f"{reason}, so it ends earlier now; undo {row.provider} takes it back")
        return
    if old is None:
        return
    ends = boundaries.boundary_of(ctx.config, index, window, *who)
    newest = max(row.captured_at, *(head.captured_at for head in index.heads()))
    has_ended = ends is not None and ends <= newest
    if not has_ended and (row.phase == "after" or pair.after is None):
        return
    reason = "has ended" if has_ended else "has its AFTER"
    what = f"{row.phase.upper()} from {parts.moment(old.captured_at, zone)}"
    if row.phase == "before" and not is_named:
        raise UsageError(
            f"{window} {reason}, and its {what} stays; nothing booked "
            f"(--window {window} replaces it)"
        )
    ctx.notes.append(
        f"{window} {reason}: this replaces its {what}; undo {row.provider} takes it back"
    )


def _is_over(turn: Turn, moment: datetime, pane: PaneInput) -> bool:
    """Whether a window ended with an AFTER that is not from this pane."""
    after = turn.after
    return after is not None and turn.boundary <= moment and after.captured_at != pane.captured_at


def _last_window(ctx: Context, index: SnapshotIndex, provider: str) -> str:
    """The window that the agent entered last, according to `index`.

    If the clock was set back, every window is later, which `moment_support` judges.
    """
    who = ctx.agent, provider
    entered = index.entered(*who) or own_index(ctx).entered(*who)
    if entered and (not clock.is_given() or index.entered(*who)):
        return entered[0]
    if entered:
        raise Missing(
            f"no BEFORE of {provider} for {ctx.agent} is as old as this pane; nothing booked "
            "(--window names its window)"
        )
    raise Missing(
        f"no BEFORE of {provider} for {ctx.agent} in this book; nothing booked "
        f"(snapshot start {provider} books one)"
    )


def _no_next(window: str) -> str:
    return f"nothing follows {window}: it has no number at its end; declare its `next`"
