"""Books BEFORE, AFTER, or AFTER and the next window's BEFORE, from one pane."""

from typing import Any

from burnbook.base import ids
from burnbook.base.errors import Missing, UsageError
from burnbook.churn.repositories import read_heads
from burnbook.context import Context, Result
from burnbook.rows.meters import Phase, Row, Snapshot
from burnbook.snapshots import crossing, moment_support
from burnbook.snapshots.build_row import FORCED_LAG, line, snapshot, with_prompts
from burnbook.snapshots.pane_input import PaneInput, check_provider, read_pane, save_raw
from burnbook.times import clock
from burnbook.windows import boundaries, missed_resets
from burnbook.windows.history import closing
from burnbook.windows.moment_support import BY_HAND, Doubt
from burnbook.windows.snapshot_index import snapshot_index
from burnbook.windows.state import state_of

Step = tuple[Phase, str]


def run(ctx: Context, args: Any) -> Result:
    """`start`, `end` or `cross` of one provider; says what it booked, or that it was there."""
    provider = check_provider(args.provider)
    window = ids.check("window", args.window) if args.window is not None else None
    taken = read_pane(ctx, args, provider)
    if taken is None:
        return Result([], None)  # the recipe's second pass books and tells

    if not _crossed(ctx, args.action, provider, window, taken):
        # What cannot be booked makes no book.
        steps = _steps(ctx, args.action, provider, window, taken)
        if not args.force:
            moment_support.check(ctx, steps[0][1], _doubt(ctx, taken))
    commits = read_heads(ctx).commits or None

    def build() -> list[tuple[str, Row]]:
        rows: list[tuple[str, Row]] = []
        if crossed := _crossed(ctx, args.action, provider, window, taken):
            place = crossed[-1].window
            who = "this pane" if crossed[-1].boundary is None else "the reset"
            ctx.notes.append(
                f"{who} has crossed into {place} already; --window {place} crosses out of it"
            )
            return crossing.with_prompt_counts(ctx, crossed)
        for phase, place in _steps(ctx, args.action, provider, window, taken):
            row = _row(ctx, args, provider, taken, phase, place, commits)
            rows += with_prompts(ctx, row)
        return rows

    booked = missed_resets.commit(ctx, build, sure=True)
    snapshots = [entry for entry in booked if isinstance(entry.row, Snapshot)]
    for entry in snapshots:
        assert isinstance(entry.row, Snapshot)
        _tell(ctx, entry.row)
        if taken.text is not None and entry.row.captured_at == taken.captured_at:
            save_raw(ctx, entry.row.id, taken.text)
    data = {"booked": [{"new": entry.is_new, "row": entry.row} for entry in booked]}
    return Result([line(entry) for entry in snapshots], data)


def _doubt(ctx: Context, taken: PaneInput) -> Doubt | None:
    moment = taken.asked_at or taken.captured_at
    return moment_support.doubt(ctx, moment, BY_HAND, taken)


def _steps(
    ctx: Context, action: str, provider: str, window: str | None, taken: PaneInput
) -> list[Step]:
    if action == "start":
        return [("before", window or _to_start(ctx, provider))]
    place = window or _open(ctx, provider)
    if action == "cross" and window is None:
        place = crossing.ended_window(ctx, provider, place, taken.captured_at)
    if snapshot_index(ctx).pair(place, ctx.agent, provider).before is None:
        raise Missing(
            f"no BEFORE of {provider} for {ctx.agent} in {place}; nothing booked "
            f"(snapshot start {provider} --window {place} books one)"
        )
    if action == "end":
        return [("after", place)]
    following = boundaries.following(ctx.config, place)
    if following is None:
        raise UsageError(_no_next(place) + "; nothing booked")
    return [("after", place), ("before", following)]


def _crossed(
    ctx: Context, action: str, provider: str, window: str | None, taken: PaneInput
) -> list[Snapshot]:
    """What is there already, where a hand crosses once more and names no window."""
    if action != "cross" or window is not None:
        return []
    return crossing.repeated_crossing(ctx, provider, _open(ctx, provider), taken, clock.now())


def _to_start(ctx: Context, provider: str) -> str:
    """The window that is open; after an AFTER the one that follows; at first the first declared."""
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


def _open(ctx: Context, provider: str) -> str:
    state = state_of(snapshot_index(ctx), ctx.agent, provider)
    if state is None:
        raise Missing(
            f"no BEFORE of {provider} for {ctx.agent} in this book; nothing booked "
            f"(snapshot start {provider} books one)"
        )
    return state.window


def _no_next(window: str) -> str:
    return f"nothing follows {window}: it has no number at its end; declare its `next`"


def _row(
    ctx: Context,
    args: Any,
    provider: str,
    taken: PaneInput,
    phase: Phase,
    window: str,
    commits: dict[str, str] | None,
) -> Snapshot:
    errors, notes = taken.errors, args.notes
    if phase == "before" and _lags(ctx, taken, window):
        if args.force:
            notes = " ".join(filter(None, (notes, FORCED_LAG)))
        else:
            errors = (*errors, "lag-buffer")
            ctx.notes.append(
                f"this BEFORE of {window} is inside the lag buffer ({ctx.config.windows.lag_buffer}"
                " after the reset), when panes may still show the old window; take it again later, "
                "or use --force if it is right"
            )
    if args.force and _doubt(ctx, taken):
        notes = " ".join(filter(None, (notes, moment_support.FORCED)))
    return snapshot(
        ctx,
        taken,
        agent=ctx.agent,
        provider=provider,
        phase=phase,
        window=window,
        errors=errors,
        notes=notes,
        commits=commits,
    )


def _lags(ctx: Context, taken: PaneInput, window: str) -> bool:
    """Whether the BEFORE is read within the lag buffer after the end of the window before it."""
    index = snapshot_index(ctx)
    earlier = boundaries.before(ctx.config, window, index.windows())
    if earlier is None:
        return False
    ends = boundaries.of(ctx.config, index, earlier).ends_at
    return ends is not None and ends <= taken.captured_at < ends + ctx.config.windows.lag


def _tell(ctx: Context, row: Snapshot) -> None:
    window = row.window or ""
    pair = snapshot_index(ctx).pair(window, row.agent or "", row.provider)
    if row.phase == "after" and pair.before and row.captured_at < pair.before.captured_at:
        ctx.notes.append(f"this AFTER is older than the BEFORE of {window}, so it does not count")
    if window not in ctx.config.windows.windows:
        ctx.notes.append(f"window {window} is not declared in windows.toml; booked all the same")
    if closing(ctx, window) is not None:
        ctx.notes.append(f"window {window} is finalized; finalize it again to take this in")
