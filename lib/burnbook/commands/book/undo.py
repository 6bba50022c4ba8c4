"""Takes a snapshot back, by a row that says so."""

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
from burnbook.windows.snapshot_index import Entry, snapshot_index


def run(ctx: Context, args: Any) -> Result:
    """Voids the Nth last snapshot of this agent that matches."""
    provider = check_provider(args.provider)
    window = ids.check("window", args.window) if args.window is not None else None
    phase = {"start": "before", "end": "after"}.get(args.phase, args.phase)
    if args.index < 1:
        raise UsageError(f"--index {args.index} is not 1 or more (1 is the last)")
    chosen: list[Entry] = []

    def find() -> tuple[str, Entry]:
        matching = _matching(ctx, provider, phase, window)
        if len(matching) < args.index:
            raise Missing(_nothing(ctx.agent, provider, phase, window, args.index, len(matching)))
        place, entry = matching[-args.index]
        return place, entry

    try:
        find()  # what cannot be undone makes no book
    except Missing:
        state.renew(ctx, ctx.agent, provider)
        raise

    def build() -> list[tuple[str, Row]]:
        place, entry = find()
        chosen[:] = [entry]
        row = codec.make(
            Void, agent=ctx.agent, window=place, source="undo", notes=args.notes, void=entry.id
        )
        return [("snapshots", row)]

    [booked] = missed_resets.commit(ctx, build)
    [entry] = chosen
    when = clock.to_wall(entry.captured_at, ctx.config.zone)
    line = (
        f"undone: {entry.phase.upper()} of {provider} for {entry.agent} "
        f"in {booked.row.window}, taken {when:%Y-%m-%d %H:%M} ({entry.id})"
    )
    return Result([Line(line, strong=True)], {"booked": [{"new": True, "row": booked.row}]})


def _matching(
    ctx: Context, provider: str, phase: str | None, window: str | None
) -> list[tuple[str, Entry]]:
    index = snapshot_index(ctx)
    places = [window] if window else index.windows()
    found = [
        (place, entry)
        for place in places
        for entry in index.counted(place)
        if entry.agent == ctx.agent and entry.provider == provider and phase in (None, entry.phase)
    ]
    return sorted(found, key=lambda one: one[1].offset)


def _nothing(
    agent: str, provider: str, phase: str | None, window: str | None, index: int, found: int
) -> str:
    what = f"{phase.upper()} of {provider}" if phase else f"snapshot of {provider}"
    where = f" in {window}" if window else ""
    which = "no" if found == 0 else f"only {found}, so no number {index},"
    return f"{which} {what} for {agent}{where} to undo"
