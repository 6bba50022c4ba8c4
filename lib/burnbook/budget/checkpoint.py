"""What a checkpoint says where the call does not: its phase, the plan, the actual."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from burnbook.budget.tokens_used import Actual
from burnbook.rows.work import Checkpoint, current

Phase = Literal["plan", "mid", "final"]
From = Literal["given", "logs", "feeds", "pane"]
PlanFrom = Literal["given", "checkpoint", "budget"]

# Why a phase was chosen, for people.
WHY = {
    "given": "as given",
    "repeated": "its numbers are in the book already",
    "no-plan": "the window has no plan yet",
    "finalized": "the window is finalized",
    "ended": "the window has ended",
    "running": "the window has a plan and has not ended",
}


class Said(NamedTuple):
    """What the call itself says; null is not said."""

    phase: Phase | None = None
    planned: int | None = None
    actual: int | None = None
    provider: str | None = None
    task: str | None = None
    notes: str | None = None


class Facts(NamedTuple):
    """What is known of the window. `rows` are its checkpoints, of every agent, in their order."""

    agent: str
    now: datetime
    rows: Sequence[Checkpoint]
    finalized: bool
    ends_at: datetime | None
    target: int
    told: Actual
    provider: str | None
    churn: str | None
    decision: str | None


class Content(NamedTuple):
    """What a checkpoint says, besides phase, moment, and what it supersedes."""

    provider: str | None
    task: str | None
    tokens_planned: int
    tokens_actual: int | None
    actual_from: From | None
    churn: str | None
    decision: str | None
    notes: str | None


class Choice(NamedTuple):
    """What to book, and why: `same` is the row that says it already, `base` the one to correct."""

    phase: Phase
    phase_from: str
    planned_from: PlanFrom
    content: Content
    base: Checkpoint | None
    same: Checkpoint | None


def choose(said: Said, facts: Facts) -> Choice:
    """The checkpoint that the call means; of equal numbers the row that is there already.

    Without a phase, numbers that the agent's newest checkpoint has already are no new one: so a run
    that was killed after booking a plan is finished by repeating it, and not followed by a mid.
    """
    rows = current(facts.rows)
    mine = [row for row in rows if row.agent == facts.agent]
    newest = mine[-1] if mine else None
    phase, why = _phase(said, facts, rows)
    if said.phase is None and newest is not None:
        content, planned_from = _content(said, facts, rows, newest, newest)
        repeated = phase == "mid" or newest.taken_at == facts.now
        if repeated and content == content_of(newest):
            return Choice(newest.phase, "repeated", planned_from, content, None, newest)
    base = next((row for row in reversed(mine) if row.phase == phase), None)
    content, planned_from = _content(said, facts, rows, base, newest)
    same = base if base is not None and content_of(base) == content else None
    return Choice(phase, why, planned_from, content, base, same)


def content_of(row: Checkpoint) -> Content:
    """What a row says."""
    return Content(*(getattr(row, name) for name in Content._fields))


def _phase(said: Said, facts: Facts, rows: Sequence[Checkpoint]) -> tuple[Phase, str]:
    if said.phase is not None:
        return said.phase, "given"
    if not any(row.phase == "plan" for row in rows):
        return "plan", "no-plan"
    if facts.finalized:
        return "final", "finalized"
    if facts.ends_at is not None and facts.ends_at <= facts.now:
        return "final", "ended"
    return "mid", "running"


def _content(
    said: Said,
    facts: Facts,
    rows: Sequence[Checkpoint],
    base: Checkpoint | None,
    newest: Checkpoint | None,
) -> tuple[Content, PlanFrom]:
    """What is not said: from the row to correct; plan and task from the newest one."""
    tokens: int | None
    told_by: From | None
    planned_from: PlanFrom
    if said.actual is not None:
        tokens, told_by = said.actual, "given"
    elif facts.told.tokens is not None or base is None:
        tokens, told_by = facts.told
    else:
        tokens, told_by = base.tokens_actual, base.actual_from
    if said.planned is not None:
        planned, planned_from = said.planned, "given"
    elif rows:
        planned, planned_from = rows[-1].tokens_planned, "checkpoint"
    else:
        planned, planned_from = facts.target, "budget"
    task = said.task if said.task is not None else newest.task if newest else None
    notes = said.notes if said.notes is not None else base.notes if base else None
    content = Content(
        provider=said.provider or facts.provider,
        task=task or None,
        tokens_planned=planned,
        tokens_actual=tokens,
        actual_from=told_by,
        churn=facts.churn,
        decision=facts.decision,
        notes=notes or None,
    )
    return content, planned_from
