"""Books AFTER of the ended window and BEFORE of the next, for every agent, in one locked step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from burnbook.base.errors import IO
from burnbook.book.book import Booked
from burnbook.churn.repositories import read_heads
from burnbook.context import Context, Result
from burnbook.rows.meters import Row, Snapshot
from burnbook.rows.work import MissedReset
from burnbook.snapshots import reset_panes
from burnbook.snapshots.build_row import line
from burnbook.snapshots.reset_plan import AgentProvider, Outcome, ResetOptions, decide
from burnbook.snapshots.reset_recovery import unfinished_rows
from burnbook.times import clock
from burnbook.view.parts import Line, Part, fields, moment
from burnbook.windows import missed_resets, state
from burnbook.windows.snapshot_index import snapshot_index


def run(ctx: Context, args: Any) -> Result:
    """Captures the panes that are due, and books them. Exits with 74 or 65 if one failed."""
    options = ResetOptions(args.force, args.last_look, args.dry_run)
    panes = reset_panes.take(ctx, options)
    if panes is None:
        return Result([], None)  # the second pass of the recipe books and prints
    out = decide(ctx, panes, options._replace(dry=True))
    booked = [Booked(row, True) for _, row in out.rows]
    if not options.dry and (out.rows or unfinished_rows(ctx)):
        commits = read_heads(ctx).commits or None
        decided: list[Outcome] = []

        def build() -> Sequence[tuple[str, Row]]:
            decided[:] = [decide(ctx, panes, options, commits)]
            return [*unfinished_rows(ctx), *decided[0].rows]

        entries = state.commit(ctx, build)
        [out] = decided
        booked = entries[len(entries) - len(out.rows) :]
        reset_panes.keep(ctx, booked, panes)
    for fact in out.failed:
        ctx.notes.append(f"{fact['agent']} {fact['provider']}: {fact['reason']}")
    return Result(_parts(ctx, out, booked, options), _data(out, booked, options), _code(out))


def _parts(
    ctx: Context, out: Outcome, booked: Sequence[Booked], options: ResetOptions
) -> list[Part]:
    lines: list[Part] = []
    for entry in booked:
        if isinstance(entry.row, Snapshot):
            prefix = "would book: " if options.dry else ""
            lines.append(Line(prefix + line(entry).text, strong=True))
    for fact in out.pending:
        again = "in some minutes"
        if fact["retry_at"]:
            again = f"from {clock.to_wall(fact['retry_at'], ctx.config.zone):%H:%M} on"
        line_of_fact = _line(fact, "pending", f"{fact['reason']}; run it again {again}")
        lines.append(replace(line_of_fact, level="warn"))
    for fact in out.failed:
        lines.append(replace(_line(fact, "failed", fact["reason"]), level="bad"))
    for fact in out.kept:
        lines.append(_line(fact, f"already booked: {fact['phase'].upper()}", f"({fact['id']})"))
    for fact in out.waiting:
        lines.append(_line(fact, "waiting", _until(ctx, fact["due_at"])))
    for fact in out.left:
        lines.append(_line(fact, "left alone", fact["reason"]))
    for agent, provider in _without_snapshots(ctx):
        begins = f"`start {provider} --agent {agent}` begins"
        lines.append(Line(f"left alone: {agent} {provider}: it has booked nothing yet; {begins}"))
    for row in _missing(booked):
        lines.append(Line(f"missed: {missed_resets.describe(ctx, row)}", level="warn"))
    return lines or [
        Line(
            "nothing to reset: the book has no snapshot; `start PROVIDER` books the first",
            strong=True,
        )
    ]


def _line(fact: dict[str, Any], outcome: str, detail: str) -> Line:
    subject = f"{fact['window']} {fact['agent']} {fact['provider']}"
    return Line(f"{outcome} {subject}{'' if detail[0] == '(' else ':'} {detail}")


def _until(ctx: Context, due_at: datetime | None) -> str:
    if due_at is None:
        return "its last look is over; the reset books AFTER"
    left = clock.span((due_at - clock.now()).total_seconds())
    return f"not due until {moment(due_at, ctx.config.zone)} (in {left})"


def _without_snapshots(ctx: Context) -> list[AgentProvider]:
    """Returns the declared agents that have no snapshot of their provider."""
    known = {f"{head.agent}/{head.provider}" for head in snapshot_index(ctx).heads()}
    return [
        (name, agent.provider)
        for name, agent in ctx.config.agents.items()
        if f"{name}/{agent.provider}" not in known
    ]


def _missing(booked: Sequence[Booked]) -> list[MissedReset]:
    return [row for row, is_new in booked if isinstance(row, MissedReset) and is_new]


def _data(out: Outcome, booked: Sequence[Booked], options: ResetOptions) -> dict[str, Any]:
    others = [entry for entry in booked if not isinstance(entry.row, MissedReset)]
    any_new = any(entry.is_new and isinstance(entry.row, Snapshot) for entry in others)
    status = "failed" if out.failed else "pending" if out.pending else "done"
    return {
        "status": status if status != "done" or any_new else "nothing-due",
        "dry_run": options.dry,
        "booked": [{"new": entry.is_new, "row": entry.row} for entry in others],
        **fields(out, "pending", "failed", "kept", "waiting", "left"),
        "missed": [
            fields(row, "window", "boundary", "agent", "provider") for row in _missing(booked)
        ],
    }


def _code(out: Outcome) -> int:
    codes = [fact["code"] for fact in out.failed]
    return IO if IO in codes else max(codes, default=0)
