"""Books a checkpoint, and shows its numbers, ledgers, handoff and decision."""

from typing import Any

from burnbook.base import ids
from burnbook.base.errors import UsageError
from burnbook.base.redact import redact
from burnbook.base.text import plural
from burnbook.book.book import Booked
from burnbook.budget.checkpoint import REASONS, Given
from burnbook.config.folders import shown
from burnbook.context import Context, Result, note_damage
from burnbook.review import checkpoint
from burnbook.review.checkpoint import BookedCheckpoint
from burnbook.rows.work import Checkpoint, Churn
from burnbook.snapshots import moment_support
from burnbook.times import clock
from burnbook.view.parts import Line, Part, number
from burnbook.windows.current import wanted
from burnbook.windows.moment_support import BY_HAND

_MAX_TOKENS = 2**53
_SOURCES = {
    "given": "given",
    "checkpoint": "from the newest checkpoint",
    "budget": "from the budget",
    "logs": "from the agents' logs",
    "feeds": "from the feeds",
    None: "unknown",
}


def run(ctx: Context, args: Any) -> Result:
    """Books the checkpoint of one window."""
    given = _given(args)
    window = wanted(ctx, args.window)
    if not args.force:
        moment_support.check(ctx, window, moment_support.doubt(ctx, clock.now(), BY_HAND, None))
    booked = checkpoint.book(ctx, window, given)
    note_damage(ctx)
    return Result(_parts(booked), _data(booked))


def _given(args: Any) -> Given:
    for name in ("plan", "actual"):
        value = getattr(args, name)
        if value is not None and not 0 <= value <= _MAX_TOKENS:
            raise UsageError(f"--{name} is {value}; valid: 0 to {_MAX_TOKENS} tokens")
    provider = ids.check("provider", args.provider) if args.provider is not None else None
    task, notes = (None if text is None else redact(text) for text in (args.task, args.notes))
    return Given(args.phase, args.plan, args.actual, provider, task, notes)


def _parts(booked: BookedCheckpoint) -> list[Part]:
    pages, entries = booked.pages, [e for e in booked.rows if isinstance(e.row, Checkpoint)]
    churn = [entry.row for entry in booked.rows if isinstance(entry.row, Churn)]
    parts: list[Part] = [_numbers(entry) for entry in entries]
    choice, row = booked.choices[-1], entries[-1].row
    assert isinstance(row, Checkpoint)
    changes = _changes(churn[0]) if churn else row.decision or "none"
    ledgers = ", ".join(f"{file} +{count}" for file, count in pages.added.items())
    handoff = "refreshed" if pages.refreshed else "unchanged"
    parts += [
        Line(f"phase {row.phase}: {REASONS[choice.phase_from]}"),
        Line(f"planned {_SOURCES[choice.planned_from]}; actual {_SOURCES[row.actual_from]}"),
    ]
    if booked.choices[0].content.actual_reason:
        parts.append(Line("no source shows which agent sent which requests"))
    return [
        *parts,
        Line(f"churn: {changes}"),
        Line(f"ledgers in {shown(str(booked.paths.folder))}: {ledgers}"),
        Line(f"handoff {shown(str(booked.paths.handoff))}: {handoff}"),
        Line(f"decision: {pages.decision.verdict}"),
        *(Line(f"  {reason}") for reason in pages.decision.reasons),
    ]


def _numbers(entry: Booked) -> Line:
    row, is_new = entry.row, entry.is_new
    assert isinstance(row, Checkpoint)
    prefix = "" if is_new else "already booked: "
    if is_new and row.supersedes:
        prefix = f"in place of {row.supersedes}: "
    planned, used = row.tokens_planned, row.tokens_actual
    delta = None if used is None or planned is None else used - planned
    numbers = f"planned {number(planned)}, actual {number(used)}, delta {number(delta)}"
    name = f"{row.window} {row.agent}" if row.agent else f"{row.window} in all"
    return Line(f"{prefix}{row.phase.upper()} {name}: {numbers} ({row.id})", True)


def _data(booked: BookedCheckpoint) -> Any:
    paths, pages = booked.paths, booked.pages
    return {
        "booked": [{"new": entry.is_new, "row": entry.row} for entry in booked.rows],
        "phase_from": booked.choices[-1].phase_from,
        "planned_from": booked.choices[-1].planned_from,
        "ledgers": [
            {"file": str(paths.folder / file), "added": count}
            for file, count in pages.added.items()
        ],
        "handoff": {"file": str(paths.handoff), "changed": pages.refreshed},
        "decision": {"verdict": pages.decision.verdict, "reasons": pages.decision.reasons},
    }


def _changes(churn: Churn) -> str:
    files = plural(churn.files_changed, "file")
    return f"+{churn.insertions:,} -{churn.deletions:,} in {files}"
