"""Books a checkpoint and the churn of its window, then renews both ledgers and the handoff."""

from typing import Any

from burnbook.base import ids
from burnbook.base.errors import BurnbookError, IOFault, Usage, os_sentence
from burnbook.base.redact import redact
from burnbook.book import codec
from burnbook.book.book import Booked
from burnbook.budget.checkpoint import WHY, Choice, Facts, Said, choose
from burnbook.budget.tokens_used import actual
from burnbook.churn import count as _churn
from burnbook.churn.git import UNASKED
from burnbook.config.ledgers import Pages, shown
from burnbook.config.ledgers import ledgers as places_of
from burnbook.context import Context, Result, note_damage
from burnbook.preview.scene import Scene, scene
from burnbook.review import publish
from burnbook.rows.meters import Row
from burnbook.rows.work import Checkpoint, Churn
from burnbook.snapshots import moment_support
from burnbook.times import clock
from burnbook.view.parts import Line, Part, number
from burnbook.windows import missed_resets
from burnbook.windows.current import wanted
from burnbook.windows.moment_support import BY_HAND

_MOST = 2**53
_BEHIND = "the rows are booked; run it again for the pages"
_FROM = {
    "given": "given",
    "checkpoint": "from the newest checkpoint",
    "budget": "from the budget",
    "logs": "from the agents' logs",
    "feeds": "from the feeds",
    "pane": "from the panes",
    None: "nothing tells it",
}


def run(ctx: Context, args: Any) -> Result:
    """The checkpoint of one window. Running it again finishes what a killed run began."""
    said = _said(args)
    window = wanted(ctx, args.window)
    if not args.force:
        moment_support.check(ctx, window, moment_support.doubt(ctx, clock.now(), BY_HAND, None))
    places = places_of(ctx.config, ctx.book.root)
    publish.check(places)  # what cannot be written is refused before anything is booked
    facts = _facts(ctx, window)
    counted = _churn.count(ctx, window, provider=said.provider, strict=False)
    if counted.decision in UNASKED:
        # Churn that was booked before may stand, so the row alone would not tell.
        ctx.notes.append(f"churn is not counted now: {counted.reason}")
    chosen: list[Choice] = []

    def build() -> list[tuple[str, Row]]:
        churn = _churn.row(ctx, window, counted) or _churn.standing(ctx, window, said.provider)
        known = facts._replace(
            rows=[row for row in ctx.book.rows("checkpoints") if row.window == window],
            churn=churn.id if churn else None,
            decision=None if churn else counted.decision,
        )
        choice = choose(said, known)
        chosen[:] = [choice]
        row = choice.same or codec.make(
            Checkpoint,
            agent=ctx.agent,
            window=window,
            phase=choice.phase,
            taken_at=known.now,
            supersedes=choice.base.id if choice.base else None,
            **choice.content._asdict(),
        )
        # The churn first: whoever reads the checkpoint finds the row that it names.
        return [*([("churn", churn)] if churn else []), ("checkpoints", row)]

    booked = missed_resets.commit(ctx, build, sure=True)
    try:
        pages = publish.renew(ctx, window, places)
    except BurnbookError as error:
        raise type(error)(f"{_BEHIND}: {error}") from None
    except OSError as error:
        raise IOFault(os_sentence(_BEHIND, error)) from None
    note_damage(ctx)
    [choice] = chosen
    return Result(_parts(booked, choice, places, pages), _data(booked, choice, places, pages))


def _said(args: Any) -> Said:
    for name in ("plan", "actual"):
        value = getattr(args, name)
        if value is not None and not 0 <= value <= _MOST:
            raise Usage(f"--{name} is {value}; valid: 0 to {_MOST} tokens")
    provider = ids.check("provider", args.provider) if args.provider is not None else None
    task, notes = (None if text is None else redact(text) for text in (args.task, args.notes))
    return Said(args.phase, args.plan, args.actual, provider, task, notes)


def _facts(ctx: Context, window: str) -> Facts:
    """What is known before the lock; the book's own checkpoints and churn come under it."""
    now = scene(ctx, window)
    declared = ctx.config.windows.windows.get(window)
    return Facts(
        agent=ctx.agent,
        now=now.now,
        rows=(),
        finalized=now.finalized is not None,
        ends_at=now.span.ends_at,
        target=ctx.config.budgets[declared.budget if declared else "default"].target_tokens,
        told=actual(now.traffic, now.closings, now.used),
        provider=_provider(ctx, now),
        churn=None,
        decision=None,
    )


def _provider(ctx: Context, shown: Scene) -> str | None:
    """The one that the agent works with in this window; null where it has several, or none."""
    found = {pair.provider for pair in shown.pairs if pair.agent == ctx.agent}
    if len(found) == 1:
        return found.pop()
    declared = ctx.config.agents.get(ctx.agent)
    return declared.provider if declared and not found else None


def _parts(booked: list[Booked], choice: Choice, places: Pages, pages: publish.Pages) -> list[Part]:
    row, is_new = booked[-1]
    assert isinstance(row, Checkpoint)
    how = "" if is_new else "already booked: "
    if is_new and row.supersedes:
        how = f"in place of {row.supersedes}: "
    planned, used = row.tokens_planned, row.tokens_actual
    delta = None if used is None else used - planned
    numbers = f"planned {number(planned)}, actual {number(used)}, delta {number(delta)}"
    churn = [entry.row for entry in booked if isinstance(entry.row, Churn)]
    changed = (
        f"+{churn[0].insertions:,} -{churn[0].deletions:,} in {churn[0].files_changed:,} files"
        if churn
        else row.decision or "none"
    )
    ledger = ", ".join(f"{file} +{count}" for file, count in pages.added.items())
    page = "refreshed" if pages.refreshed else "is as it was"
    return [
        Line(f"{how}{row.phase.upper()} {row.window} {row.agent}: {numbers} ({row.id})", True),
        Line(f"phase {row.phase}: {WHY[choice.phase_from]}"),
        Line(f"planned: {_FROM[choice.planned_from]}; actual: {_FROM[row.actual_from]}"),
        Line(f"churn: {changed}"),
        Line(f"ledgers in {shown(str(places.folder))}: {ledger}"),
        Line(f"handoff {shown(str(places.handoff))}: {page}"),
        Line(f"decision: {pages.decided.verdict}"),
    ]


def _data(booked: list[Booked], choice: Choice, places: Pages, pages: publish.Pages) -> Any:
    return {
        "booked": [{"new": entry.is_new, "row": entry.row} for entry in booked],
        "phase_from": choice.phase_from,
        "planned_from": choice.planned_from,
        "ledgers": [
            {"file": str(places.folder / file), "added": count}
            for file, count in pages.added.items()
        ],
        "handoff": {"file": str(places.handoff), "changed": pages.refreshed},
        "decision": {"verdict": pages.decided.verdict, "reasons": pages.decided.reasons},
    }
