"""Chooses the phase, the plan and the actual of a checkpoint if the caller gives none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from burnbook.budget.budget import plan_of
from burnbook.budget.tokens_used import Actual
from burnbook.config.budgets import Budget
from burnbook.rows.work import Checkpoint, current

Phase = Literal["plan", "mid", "final"]
From = Literal["given", "logs", "feeds", "pane"]
PlanFrom = Literal["given", "checkpoint", "budget"] | None

# Why a phase was chosen, for people.
REASONS = {
    "given": "as given",
    "repeated": "its numbers are already booked",
    "no-plan": "the window has no plan yet",
    "finalized": "the window is finalized",
    "ended": "the window has ended",
    "running": "the window has a plan and has not ended",
}


class Given(NamedTuple):
    """The arguments of the call; None if not given."""

    phase: Phase | None = None
    planned: int | None = None
    actual: int | None = None
    provider: str | None = None
    task: str | None = None
    notes: str | None = None


class Facts(NamedTuple):
    """Facts about the window, or about one agent of several (`is_part`), which has no plan.

    `agent` is null for a window of several agents, `agents` are these. `rows` are the window's
    checkpoints of every agent, in order. `reason` explains null tokens.
    """

    agent: str | None
    now: datetime
    rows: Sequence[Checkpoint]
    finalized: bool
    ends_at: datetime | None
    budget: Budget
    used: Actual
    provider: str | None
    churn: str | None
    decision: str | None
    agents: Sequence[str] = ()
    is_part: bool = False
    reason: str | None = None


class Content(NamedTuple):
    """The fields of a checkpoint other than its phase, moment and `supersedes`."""

    provider: str | None
    task: str | None
    tokens_planned: int | None
    tokens_actual: int | None
    actual_from: From | None
    actual_reason: str | None
    churn: str | None
    decision: str | None
    notes: str | None


class Choice(NamedTuple):
    """What to book, and why. `same` is the equal row, if any; `base` the row to supersede."""

    phase: Phase
    phase_from: str
    planned_from: PlanFrom
    content: Content
    base: Checkpoint | None
    same: Checkpoint | None
    agent: str | None


def choose_rows(given: Given, facts: Facts, part: Facts | None) -> list[Choice]:
    """Returns the checkpoints to book: that of one agent of several, then that of the window.

    The window's plan is in its own row alone, so that a column can be summed.
    """
    if part is None:
        return [choose(given, facts)]
    own = choose(given, part._replace(rows=facts.rows))
    whole = given._replace(actual=None, provider=None)
    if facts.used.tokens is None:
        whole = whole._replace(actual=_sum_of_parts(facts, own))
    return [own, choose(whole, facts)]


def _sum_of_parts(facts: Facts, own: Choice) -> int | None:
    """Returns the sum of the agents' checkpoints of one phase, or None if one is unknown."""
    parts = {row.agent: row.tokens_actual for row in current(facts.rows) if row.phase == own.phase}
    parts[own.agent] = own.content.tokens_actual
    known = [tokens for name in facts.agents if (tokens := parts.get(name)) is not None]
    return sum(known) if len(known) == len(facts.agents) else None


def choose(given: Given, facts: Facts) -> Choice:
    """Returns the checkpoint to book, or the equal row that is there already.

    Without a phase, the numbers of the agent's newest checkpoint are not booked again, so repeating
    a run that was killed after it booked a plan completes it and does not book a mid.
    """
    rows = current(facts.rows)
    own = [row for row in rows if row.agent == facts.agent]
    newest = own[-1] if own else None
    phase, reason = _phase(given, facts, rows)
    if given.phase is None and newest is not None:
        content, planned_from = _content(given, facts, rows, newest, newest)
        repeated = phase == "mid" or newest.taken_at == facts.now
        if repeated and content == content_of(newest):
            return Choice(
                newest.phase, "repeated", planned_from, content, None, newest, facts.agent
            )
    base = next((row for row in reversed(own) if row.phase == phase), None)
    content, planned_from = _content(given, facts, rows, base, newest)
    same = base if base is not None and content_of(base) == content else None
    return Choice(phase, reason, planned_from, content, base, same, facts.agent)


def content_of(row: Checkpoint) -> Content:
    """Returns the content of a row."""
    return Content(*(getattr(row, name) for name in Content._fields))


def _phase(given: Given, facts: Facts, rows: Sequence[Checkpoint]) -> tuple[Phase, str]:
    if given.phase is not None:
        return given.phase, "given"
    if not any(row.phase == "plan" for row in rows):
        return "plan", "no-plan"
    if facts.finalized:
        return "final", "finalized"
    if facts.ends_at is not None and facts.ends_at <= facts.now:
        return "final", "ended"
    return "mid", "running"


def _content(
    given: Given,
    facts: Facts,
    rows: Sequence[Checkpoint],
    base: Checkpoint | None,
    newest: Checkpoint | None,
) -> tuple[Content, PlanFrom]:
    """Takes what is not given from the row to supersede; plan and task from the newest row."""
    tokens: int | None
    actual_from: From | None
    planned: int | None
    planned_from: PlanFrom
    if given.actual is not None:
        tokens, actual_from = given.actual, "given"
    elif facts.used.tokens is not None or base is None:
        tokens, actual_from = facts.used
    else:
        tokens, actual_from = base.tokens_actual, base.actual_from
    if facts.is_part:
        planned, planned_from = None, None
    elif given.planned is not None:
        planned, planned_from = given.planned, "given"
    else:
        planned, planned_from = plan_of(rows, facts.budget)
    task = given.task if given.task is not None else newest.task if newest else None
    notes = given.notes if given.notes is not None else base.notes if base else None
    content = Content(
        provider=given.provider or facts.provider,
        task=task or None,
        tokens_planned=planned,
        tokens_actual=tokens,
        actual_from=actual_from,
        actual_reason=facts.reason if tokens is None else None,
        churn=facts.churn,
        decision=facts.decision,
        notes=notes or None,
    )
    return content, planned_from
