"""Decides what a run of `reset` books, and reports agents for which it books nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from burnbook.base.errors import BAD_DATA
from burnbook.book import codec
from burnbook.context import Context
from burnbook.rows.meters import Anomaly, Row, Snapshot
from burnbook.snapshots import moment_support
from burnbook.snapshots.build_row import after_of, snapshot, with_count
from burnbook.snapshots.pane_input import PaneInput
from burnbook.times import clock
from burnbook.windows import resets
from burnbook.windows.missed_resets import absence_rows
from burnbook.windows.missed_resets import rows as missed_rows
from burnbook.windows.moment_support import ALONE
from burnbook.windows.resets import Turn
from burnbook.windows.snapshot_index import own_index, read_snapshots

AgentProvider = tuple[str, str]
"""An agent and a provider."""


class CaptureFault(NamedTuple):
    """The reason for a missing pane, and its exit code."""

    reason: str
    code: int


class ResetOptions(NamedTuple):
    """The options of a run."""

    force: bool
    last_look: bool
    dry: bool


class Outcome(NamedTuple):
    """Rows to book by journal, and facts about the other agents as JSON values."""

    rows: list[tuple[str, Row]]
    pending: list[dict[str, Any]]
    failed: list[dict[str, Any]]
    kept: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    left: list[dict[str, Any]]


def due(ctx: Context, turn: Turn, now: datetime, options: ResetOptions) -> bool:
    """Whether a turn needs booking at `now`."""
    if options.last_look:
        early = turn.boundary - ctx.config.windows.early
        return turn.after is None and turn.before is None and early <= now < turn.boundary
    if turn.is_done:
        return False
    return now >= turn.boundary or (options.force and resets.is_early(ctx.config, turn, now))


def needs_pane(turn: Turn) -> bool:
    """Whether a pane is needed; else the BEFORE of the next window is also the AFTER."""
    return turn.before is None


def decide(
    ctx: Context,
    panes: Mapping[AgentProvider, PaneInput | CaptureFault | None],
    options: ResetOptions,
    commits: dict[str, str] | None = None,
) -> Outcome:
    """Decides what is due for each agent and provider; a pane is None if booked by hand.

    `commits` are the current commits of the repositories, which the rows record.
    """
    out = Outcome([], [], [], [], [], [])
    skipped: dict[tuple[str, datetime], None] = {}
    absent: list[tuple[str, Row]] = []
    for who in pairs(ctx):
        taken = panes.get(who)
        now = clock.now()
        if isinstance(taken, PaneInput):
            now = taken.asked_at or taken.captured_at
        for turn in resets.turns(ctx.config, own_index(ctx), *who, now):
            if not due(ctx, turn, now, options):
                _not_due(ctx, out, turn, now, options)
                continue
            if turn.before is not None:
                [shown] = read_snapshots(ctx.book, [turn.before])
                out.rows.extend(after_of(ctx, turn, shown))
            elif isinstance(taken, CaptureFault):
                out.failed.append(_fact(turn, reason=taken.reason, code=taken.code))
                out.rows.append(("anomalies", _anomaly(turn, taken)))
            elif isinstance(taken, PaneInput):
                before = len(out.rows)
                _book(ctx, out, turn, taken, options, commits)
                if len(out.rows) > before and not options.last_look:
                    skipped |= dict.fromkeys(resets.unused(own_index(ctx), turn))
                    absent += absence_rows(ctx, turn, now)
            elif who in panes:
                reason = f"no capture is declared for {who[1]}; book it by hand"
                out.left.append(_fact(turn, reason=reason))
            else:
                reason = "it became due while the panes were captured"
                out.pending.append(_fact(turn, status="pending", reason=reason, retry_at=None))
    is_sure = any(isinstance(row, Snapshot) for _, row in out.rows)
    out.rows[:0] = [*missed_rows(ctx, skipped, limit=None if is_sure else ALONE), *absent]
    return out


def pairs(ctx: Context) -> list[AgentProvider]:
    """Every agent and provider with a snapshot."""
    heads = [(head.agent, head.provider) for head in own_index(ctx).heads()]
    return sorted(heads, key="/".join)


def _book(
    ctx: Context,
    out: Outcome,
    turn: Turn,
    taken: PaneInput,
    options: ResetOptions,
    commits: dict[str, str] | None,
) -> None:
    moment = taken.asked_at or taken.captured_at
    doubt = moment_support.doubt(ctx, moment, ALONE, taken)
    if doubt and not options.force:
        reason = f"{doubt.reason}; nothing booked: {doubt.what_to_do}"
        out.failed.append(_fact(turn, reason=reason, code=BAD_DATA))
        names = {"agent": turn.agent, "window": turn.window}
        subject = f"{turn.agent}/{turn.provider}"
        out.rows.append(("anomalies", moment_support.anomaly(doubt, **names, subject=subject)))
        return
    shown_at = taken.main_shown_at
    unfit = resets.unfit(
        *(ctx.config, turn, shown_at, taken.meters, taken.errors),
        known=_known_meters(ctx, turn, taken),
    )
    is_old = taken.asked_at and shown_at < turn.boundary <= taken.asked_at
    if unfit is None and is_old:
        unfit = f"its meters are from before the reset, {clock.iso(shown_at)}", None
    overtaken = resets.is_overtaken(turn, taken.captured_at)
    if overtaken:
        unfit = "a BEFORE was booked after its pane was read", None
    if unfit and (overtaken or not options.force):
        reason, at = unfit
        out.pending.append(_fact(turn, status="pending", reason=reason, retry_at=at))
        return
    notes = f"[forced: {unfit[0]}]" if unfit else None
    if taken.captured_at < turn.boundary and not options.last_look:
        notes = " ".join(filter(None, ("[forced before the reset]", notes)))
    if doubt:
        notes = " ".join(filter(None, (moment_support.FORCED, notes)))
    common: dict[str, Any] = {"agent": turn.agent, "provider": turn.provider, "notes": notes}
    common["commits"] = commits
    if options.dry:
        common["account"] = None  # the salt is created with the first row
    if turn.after is not None:
        entry = turn.after
        out.kept.append(_fact(turn, phase="after", id=entry.id))
    else:
        source = "last-look" if options.last_look else "auto-after"
        fields = {"phase": "after", "source": source, "boundary": turn.boundary}
        row = snapshot(ctx, taken, window=turn.window, **common, **fields)
        out.rows.extend(with_count(ctx, row))
    if options.last_look:
        return
    if turn.next is None:
        out.left.append(_fact(turn, reason=f"nothing follows {turn.window}"))
        return
    fields = {"phase": "before", "source": "auto-start", "boundary": turn.begins}
    row = snapshot(ctx, taken, window=turn.next, **common, **fields)
    out.rows.extend(with_count(ctx, row))


def _known_meters(ctx: Context, turn: Turn, taken: PaneInput) -> set[str]:
    """The meters whose number a snapshot of the turn's window shows, if the pane lacks a number."""
    if all(meter.used_percent is not None for meter in taken.meters):
        return set()
    entries = [entry for entry in (turn.open.before, turn.open.after) if entry]
    rows = read_snapshots(ctx.book, entries)
    return {m.name for row in rows for m in row.meters if m.used_percent is not None}


def _not_due(ctx: Context, out: Outcome, turn: Turn, now: datetime, options: ResetOptions) -> None:
    start = turn.open.before
    if start and resets.just_began(ctx.config, start, now):
        fact = _fact(turn, phase="before", id=start.id)
        out.kept.append(fact | {"boundary": start.boundary})
    if turn.after is not None and now < turn.boundary:
        out.kept.append(_fact(turn, phase="after", id=turn.after.id))
        if options.last_look:
            return
    if turn.is_done and turn.next is None:
        out.left.append(_fact(turn, reason=f"nothing follows {turn.window}"))
    elif options.last_look and turn.after is not None:
        out.left.append(_fact(turn, reason="the reset books the next BEFORE"))
    elif not turn.is_done:
        due_at = turn.boundary
        if options.last_look:
            due_at = turn.boundary - ctx.config.windows.early
        out.waiting.append(_fact(turn, due_at=due_at if now < due_at else None))


def _anomaly(turn: Turn, fault: CaptureFault) -> Anomaly:
    return codec.make(
        Anomaly,
        agent=turn.agent,
        window=turn.window,
        kind=resets.CAPTURE_FAILED,
        subject=f"{turn.agent}/{turn.provider}",
        first=clock.iso(turn.boundary),
        second=None,
        first_from="the reset",
        second_from="the capture",
        detail=f"no pane of {turn.agent} {turn.provider} at the reset: {fault.reason}",
        source="reset",
    )


def _fact(turn: Turn, **more: Any) -> dict[str, Any]:
    about = {"agent": turn.agent, "provider": turn.provider, "window": turn.window}
    return {**about, "boundary": turn.boundary, **more}
