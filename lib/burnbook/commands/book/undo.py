"""Voids a snapshot with a row that names it."""

from typing import Any

from burnbook.base import ids
from burnbook.base.errors import Missing, UsageError
from burnbook.book import codec
from burnbook.context import Context, Result
from burnbook.rows.meters import Row, Void
from burnbook.snapshots.pane_input import check_provider
from burnbook.times import clock
from burnbook.view.parts import Line
from burnbook.windows import missed_resets, state
from burnbook.windows.booked.pairs import Entry
from burnbook.windows.snapshot_index import own_index


def run(ctx: Context, args: Any) -> Result:
    """Voids the Nth last snapshot of this agent that matches."""
    provider = check_provider(args.provider)
    window = ids.check("window", args.window) if args.window is not None else None
    phase = {"start": "before", "end": "after"}.get(args.phase, args.phase)
    if args.index < 1:
        raise UsageError(f"--index {args.index} is not 1 or more (1 is the last)")
    chosen: list[Entry] = []

    def find() -> Entry:
        matching = _matching(ctx, provider, phase, window)
        if len(matching) < args.index:
            raise Missing(_nothing(ctx.agent, provider, phase, window, args.index, len(matching)))
        entry: Entry = matching[-args.index]
        return entry

    try:
        find()  # a call that cannot undo anything does not create a book
    except Missing:
        state.renew(ctx, ctx.agent, provider)
        raise

    def build() -> list[tuple[str, Row]]:
        entry = find()
        chosen[:] = [entry]
        stamps: dict[str, Any] = {"agent": ctx.agent, "window": entry.window, "source": "undo"}
        return [("snapshots", codec.make(Void, notes=args.notes, void=entry.id, **stamps))]

    [booked] = missed_resets.commit(ctx, build)
    [entry] = chosen
    when = clock.to_wall(entry.captured_at, ctx.config.zone)
    line = (
        f"undone: {entry.phase.upper()} of {provider} for {entry.agent} "
        f"in {booked.row.window}, taken {when:%Y-%m-%d %H:%M} ({entry.id})"
    )
    return Result([Line(line, strong=True)], {"booked": [{"new": True, "row": booked.row}]})


def _matching(ctx: Context, provider: str, phase: str | None, window: str | None) -> list[Entry]:
    """Returns the agent's snapshots that match, in the order of recording."""
    index = own_index(ctx)
    entries: list[Entry] = []
    for name in [window] if window else index.windows():
        entries += index.counted_of(name, ctx.agent, provider)
    matching = [entry for entry in entries if phase in (None, entry.phase)]
    return sorted(matching, key=lambda entry: (entry.recorded_at, entry.id))


def _nothing(
    agent: str, provider: str, phase: str | None, window: str | None, index: int, matching: int
) -> str:
    subject = f"{phase.upper()} of {provider}" if phase else f"snapshot of {provider}"
    suffix = f" in {window}" if window else ""
    count = f"only {matching}, so no number {index}," if matching else "no"
    shown = f"`preview {window or ''}".rstrip() + " --block snapshots`"
    return f"{count} {subject} for {agent}{suffix} to undo; {shown} shows what is booked"
