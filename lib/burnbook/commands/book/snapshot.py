"""Books BEFORE, AFTER, or AFTER and the next window's BEFORE, from one pane."""

from typing import Any

from burnbook.base import ids
from burnbook.churn.repositories import read_heads
from burnbook.context import Context, Result
from burnbook.rows.meters import Phase, Row, Snapshot
from burnbook.snapshots import crossing, moment_support
from burnbook.snapshots.build_row import (
    FORCED_LAG,
    after_of,
    line,
    save_raw,
    snapshot,
    with_count,
)
from burnbook.snapshots.pane_input import PaneInput, check_provider, read_pane
from burnbook.snapshots.steps import check_replaced, crossed, plan
from burnbook.windows import boundaries, missed_resets
from burnbook.windows.history import closing
from burnbook.windows.moment_support import BY_HAND, Doubt
from burnbook.windows.snapshot_index import own_index


def run(ctx: Context, args: Any) -> Result:
    """Books `start`, `end` or `cross` of one provider; rows that are there already stay."""
    provider = check_provider(args.provider)
    window = ids.check("window", args.window) if args.window is not None else None
    pane = read_pane(ctx, args, provider)
    if pane is None:
        return Result([], None)  # the second pass of the recipe books and prints
    call = (ctx, args.action, provider, window, pane)
    if not crossed(*call):
        # A call that cannot book anything does not create a book.
        planned = plan(*call)
        if not args.force:
            moment_support.check(ctx, planned.steps[0][1], _doubt(ctx, pane))
    commits = read_heads(ctx).commits or None

    def build() -> list[tuple[str, Row]]:
        if repeated := crossed(*call):
            _note_crossed(ctx, repeated[-1])
            return crossing.with_counts(ctx, repeated)
        planned = plan(*call)
        ctx.notes.extend(filter(None, [planned.note]))
        absent = missed_resets.absence_rows(ctx, planned.absent, pane.captured_at)
        rows = [
            _row(ctx, args, provider, pane, phase, name, commits) for phase, name in planned.steps
        ]
        for row in rows:
            check_replaced(ctx, row, is_named=window is not None)
        after = after_of(ctx, planned.left, rows[0]) if planned.left else []
        return [*absent, *after, *(entry for row in rows for entry in with_count(ctx, row))]

    booked = missed_resets.commit(ctx, build, sure=True)
    snapshots = [entry for entry in booked if isinstance(entry.row, Snapshot)]
    for entry in snapshots:
        assert isinstance(entry.row, Snapshot)
        _note_facts(ctx, entry.row)
        if pane.text is not None and entry.row.captured_at == pane.captured_at:
            save_raw(ctx, entry.row.id, pane.text)
    data = {"booked": [{"new": entry.is_new, "row": entry.row} for entry in booked]}
    return Result([line(entry) for entry in snapshots], data)


def _doubt(ctx: Context, pane: PaneInput) -> Doubt | None:
    moment = pane.asked_at or pane.captured_at
    return moment_support.doubt(ctx, moment, BY_HAND, pane)


def _row(
    ctx: Context,
    args: Any,
    provider: str,
    pane: PaneInput,
    phase: Phase,
    window: str,
    commits: dict[str, str] | None,
) -> Snapshot:
    errors, notes = pane.errors, args.notes
    if phase == "before" and _lags(ctx, pane, window):
        if args.force:
            notes = " ".join(filter(None, (notes, FORCED_LAG)))
        else:
            errors = (*errors, "lag-buffer")
            ctx.notes.append(
                f"this BEFORE of {window} is inside the lag buffer ({ctx.config.windows.lag_buffer}"
                " after the reset), when panes may still show the old window; take it again later, "
                "or use --force if it is right"
            )
    if args.force and _doubt(ctx, pane):
        notes = " ".join(filter(None, (notes, moment_support.FORCED)))
    return snapshot(
        ctx,
        pane,
        agent=ctx.agent,
        provider=provider,
        phase=phase,
        window=window,
        errors=errors,
        notes=notes,
        commits=commits,
    )


def _lags(ctx: Context, pane: PaneInput, window: str) -> bool:
    """Returns whether the pane is from the lag buffer after the end of the previous window."""
    index = own_index(ctx)
    earlier = boundaries.before(ctx.config, window, index.windows())
    if earlier is None:
        return False
    ends = boundaries.of(ctx.config, index, earlier).ends_at
    return ends is not None and ends <= pane.captured_at < ends + ctx.config.windows.lag


def _note_crossed(ctx: Context, row: Snapshot) -> None:
    source = "this pane" if row.boundary is None else "the reset"
    ctx.notes.append(
        f"{source} has crossed into {row.window} already; --window {row.window} crosses out of it"
    )


def _note_facts(ctx: Context, row: Snapshot) -> None:
    """Adds notes on facts that may surprise the user."""
    window = row.window or ""
    pair = own_index(ctx).pair(window, row.agent or "", row.provider)
    if row.phase == "after" and pair.before and row.captured_at < pair.before.captured_at:
        ctx.notes.append(f"this AFTER is older than the BEFORE of {window}, so it does not count")
    if window not in ctx.config.windows.windows:
        ctx.notes.append(f"window {window} is not declared in windows.toml; booked all the same")
    if closing(ctx, window) is not None:
        ctx.notes.append(f"window {window} is finalized; finalize it again to take this in")
