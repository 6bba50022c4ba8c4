"""At a window's end: AFTER the old and BEFORE the next, for every agent, in one locked step."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from burnbook.base.errors import IO, BadData
from burnbook.book.book import Booked
from burnbook.churn.repositories import read_heads
from burnbook.context import Context, Result
from burnbook.rows.meters import Row, Snapshot
from burnbook.rows.work import MissedReset
from burnbook.snapshots import capture, capture_config, capture_kinds
from burnbook.snapshots.build_row import line
from burnbook.snapshots.pane_input import PaneInput, parse_pane, save_raw
from burnbook.snapshots.reset_plan import (
    AgentProvider,
    CaptureFault,
    Outcome,
    ResetOptions,
    decide,
    due,
    needs_pane,
    pairs,
)
from burnbook.snapshots.reset_recovery import unfinished_rows
from burnbook.times import clock
from burnbook.view.parts import Line, Part, moment
from burnbook.windows import missed_resets, resets, state
from burnbook.windows.snapshot_index import snapshot_index


def run(ctx: Context, args: Any) -> Result:
    """Captures the panes that are due, then books them; exit 74 or 65 where one could not be."""
    how = ResetOptions(args.force, args.last_look, args.dry_run)
    panes = _panes(ctx, how)
    if panes is None:
        return Result([], None)  # the recipe's second pass books and tells
    dry = how._replace(dry=True)
    out = decide(ctx, panes, dry)
    booked = [Booked(row, True) for _, row in out.rows]
    if not how.dry and (out.rows or unfinished_rows(ctx)):
        commits = read_heads(ctx).commits or None
        decided: list[Outcome] = []

        def build() -> Sequence[tuple[str, Row]]:
            decided[:] = [decide(ctx, panes, how, commits)]
            return [*unfinished_rows(ctx), *decided[0].rows]

        found = state.commit(ctx, build)
        [out] = decided
        booked = found[len(found) - len(out.rows) :]
        _keep_raw(ctx, booked, panes)
    for fact in out.failed:
        ctx.notes.append(f"{fact['agent']} {fact['provider']}: {fact['reason']}")
    return Result(_parts(ctx, out, booked, how), _data(out, booked, how), _code(out))


def _panes(
    ctx: Context, how: ResetOptions
) -> dict[AgentProvider, PaneInput | CaptureFault | None] | None:
    """What each agent and provider shows whose turn it is; None after a recipe's capture pass."""
    now = clock.now()
    shown_by: dict[AgentProvider, str | None] = {}
    for who in pairs(ctx):
        turns = resets.turns(ctx.config, snapshot_index(ctx), *who, now)
        if any(needs_pane(turn) and due(ctx, turn, now, how) for turn in turns):
            found = capture_config.declared(ctx, *who)
            shown_by[who] = found[0] if found else None
    told = capture.two_pass(partial(_jobs, ctx, shown_by))
    if told is None:
        return None
    panes: dict[AgentProvider, PaneInput | CaptureFault | None] = {}
    for who, name in shown_by.items():
        if name is None:
            panes[who] = None
        elif name in told:
            panes[who] = _pane(ctx, who[1], told[name])
    return panes


def _jobs(ctx: Context, shown_by: dict[AgentProvider, str | None]) -> dict[str, capture.Job]:
    """A capture for each declared agent that is asked for, once, whoever shares it."""
    names = sorted({name for name in shown_by.values() if name is not None})
    if names:
        capture_config.check(ctx)
    return {name: capture_kinds.job(ctx.config.agents[name], ctx.book.root) for name in names}


def _pane(ctx: Context, provider: str, captured: capture.Captured) -> PaneInput | CaptureFault:
    if captured.text is None:
        return CaptureFault(captured.fault or "the capture failed", IO)
    try:
        return parse_pane(ctx, provider, "capture", captured.text, captured.captured_at)
    except BadData as error:
        return CaptureFault(str(error), error.code)


def _keep_raw(ctx: Context, booked: Sequence[Booked], panes: dict[AgentProvider, Any]) -> None:
    for row, is_new in booked:
        if isinstance(row, Snapshot) and is_new:
            taken = panes.get((row.agent or "", row.provider))
            if isinstance(taken, PaneInput) and taken.text and row.captured_at == taken.captured_at:
                save_raw(ctx, row.id, taken.text)


def _parts(ctx: Context, out: Outcome, booked: Sequence[Booked], how: ResetOptions) -> list[Part]:
    lines: list[Part] = []
    for one in booked:
        if isinstance(one.row, Snapshot):
            shown = line(one)
            assert isinstance(shown, Line)
            lines.append(shown._replace(text=f"would book: {shown.text}") if how.dry else shown)
    for fact in out.pending:
        again = f"from {_time(ctx, fact['retry_at'])} on" if fact["retry_at"] else "in some minutes"
        lines.append(_line(fact, "pending", f"{fact['reason']}; run it again {again}"))
    for fact in out.failed:
        lines.append(_line(fact, "failed", fact["reason"]))
    for fact in out.kept:
        lines.append(_line(fact, f"already booked: {fact['phase'].upper()}", f"({fact['id']})"))
    for fact in out.waiting:
        lines.append(_line(fact, "waiting", _until(ctx, fact["due_at"])))
    for fact in out.left:
        lines.append(_line(fact, "left alone", fact["reason"]))
    for who, provider in _strangers(ctx):
        lines.append(Line(f"left alone: {who} {provider}: it has booked nothing yet"))
    for row in _missing(booked):
        lines.append(Line(f"missed: {missed_resets.describe(ctx, row)}"))
    return lines or [Line("nothing to reset: the book has no snapshot", strong=True)]


def _line(fact: dict[str, Any], word: str, said: str) -> Line:
    who = f"{fact['window']} {fact['agent']} {fact['provider']}"
    return Line(f"{word} {who}{'' if said[0] == '(' else ':'} {said}")


def _until(ctx: Context, due_at: datetime | None) -> str:
    if due_at is None:
        return "its last look is over; the reset books AFTER"
    left = clock.span((due_at - clock.now()).total_seconds())
    return f"not due until {moment(due_at, ctx.config.zone)} (in {left})"


def _time(ctx: Context, when: datetime) -> str:
    return f"{clock.to_wall(when, ctx.config.zone):%H:%M}"


def _strangers(ctx: Context) -> list[AgentProvider]:
    """Declared agents that never booked with their provider, nor anybody else for them."""
    known = {f"{head.agent}/{head.provider}" for head in snapshot_index(ctx).heads()}
    return [
        (name, agent.provider)
        for name, agent in ctx.config.agents.items()
        if f"{name}/{agent.provider}" not in known
    ]


def _missing(booked: Sequence[Booked]) -> list[MissedReset]:
    return [one.row for one in booked if isinstance(one.row, MissedReset) and one.is_new]


def _data(out: Outcome, booked: Sequence[Booked], how: ResetOptions) -> dict[str, Any]:
    mine = [one for one in booked if not isinstance(one.row, MissedReset)]
    any_new = any(one.is_new and isinstance(one.row, Snapshot) for one in mine)
    status = "failed" if out.failed else "pending" if out.pending else "done"
    return {
        "status": status if status != "done" or any_new else "nothing-due",
        "dry_run": how.dry,
        "booked": [{"new": one.is_new, "row": one.row} for one in mine],
        "pending": out.pending,
        "failed": out.failed,
        "kept": out.kept,
        "waiting": out.waiting,
        "left": out.left,
        "missed": [{"window": row.window, "boundary": row.boundary} for row in _missing(booked)],
    }


def _code(out: Outcome) -> int:
    codes = [fact["code"] for fact in out.failed]
    return IO if IO in codes else max(codes, default=0)
