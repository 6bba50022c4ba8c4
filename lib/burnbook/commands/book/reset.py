"""At a window's end: AFTER the old and BEFORE the next, for every agent, in one locked step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from burnbook.base.errors import IO
from burnbook.book.book import Booked
from burnbook.churn.repositories import read_heads
from burnbook.context import Context, Result
from burnbook.rows.meters import Row, Snapshot
from burnbook.rows.work import MissedReset
from burnbook.snapshots import reset_panes
from burnbook.snapshots.build_row import line
from burnbook.snapshots.reset_plan import How, Outcome, Who, decide
from burnbook.snapshots.reset_recovery import unfinished
from burnbook.times import clock
from burnbook.view.parts import Line, Part, moment
from burnbook.windows import missed_resets, state
from burnbook.windows.snapshot_index import snapshot_index


def run(ctx: Context, args: Any) -> Result:
    """Captures the panes that are due, then books them; exit 74 or 65 where one could not be."""
    how = How(args.force, args.last_look, args.dry_run)
    panes = reset_panes.take(ctx, how)
    if panes is None:
        return Result([], None)  # the recipe's second pass books and tells
    dry = how._replace(dry=True)
    out = decide(ctx, panes, dry)
    booked = [Booked(row, True) for _, row in out.rows]
    if not how.dry and (out.rows or unfinished(ctx)):
        commits = read_heads(ctx).commits or None
        decided: list[Outcome] = []

        def build() -> Sequence[tuple[str, Row]]:
            decided[:] = [decide(ctx, panes, how, commits)]
            return [*unfinished(ctx), *decided[0].rows]

        found = state.commit(ctx, build)
        [out] = decided
        booked = found[len(found) - len(out.rows) :]
        reset_panes.keep(ctx, booked, panes)
    for fact in out.failed:
        ctx.notes.append(f"{fact['agent']} {fact['provider']}: {fact['reason']}")
    return Result(_parts(ctx, out, booked, how), _data(out, booked, how), _code(out))


def _parts(ctx: Context, out: Outcome, booked: Sequence[Booked], how: How) -> list[Part]:
    lines: list[Part] = []
    for one in booked:
        if isinstance(one.row, Snapshot):
            shown = line(one)
            assert isinstance(shown, Line)
            lines.append(shown._replace(text=f"would book: {shown.text}") if how.dry else shown)
    for fact in out.pending:
        again = "in some minutes"
        if fact["retry_at"]:
            again = f"from {clock.to_wall(fact['retry_at'], ctx.config.zone):%H:%M} on"
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
        lines.append(Line(f"missed: {missed_resets.said(ctx, row)}"))
    return lines or [Line("nothing to reset: the book has no snapshot", strong=True)]


def _line(fact: dict[str, Any], word: str, said: str) -> Line:
    who = f"{fact['window']} {fact['agent']} {fact['provider']}"
    return Line(f"{word} {who}{'' if said[0] == '(' else ':'} {said}")


def _until(ctx: Context, due_at: datetime | None) -> str:
    if due_at is None:
        return "its last look is over; the reset books AFTER"
    left = clock.span((due_at - clock.now()).total_seconds())
    return f"not due until {moment(due_at, ctx.config.zone)} (in {left})"


def _strangers(ctx: Context) -> list[Who]:
    """Declared agents that never booked with their provider, nor anybody else for them."""
    known = {f"{head.agent}/{head.provider}" for head in snapshot_index(ctx).heads()}
    return [
        (name, agent.provider)
        for name, agent in ctx.config.agents.items()
        if f"{name}/{agent.provider}" not in known
    ]


def _missing(booked: Sequence[Booked]) -> list[MissedReset]:
    return [one.row for one in booked if isinstance(one.row, MissedReset) and one.is_new]


def _data(out: Outcome, booked: Sequence[Booked], how: How) -> dict[str, Any]:
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
