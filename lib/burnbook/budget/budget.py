"""A window's budget: planned, used and remaining tokens."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from burnbook.budget.tokens_used import Context, From, Source, actual, contexts, sources
from burnbook.config.budgets import Budget
from burnbook.config.loader import Config
from burnbook.rows.work import Checkpoint
from burnbook.windows.facts import WindowFacts

if TYPE_CHECKING:
    from burnbook.telemetry.traffic import Traffic
    from burnbook.usage.counts import Counts
    from burnbook.usage.kinds import Key

PlanFrom = Literal["checkpoint", "budget"]
NO_REQUESTS = "no-requests"


class Plan(NamedTuple):
    """The planned tokens and their source; both null where nothing is planned."""

    tokens: int | None
    source: PlanFrom | None


class Use(msgspec.Struct, frozen=True):
    """New tokens of one window against its plan, which is null if there is none.

    `used_from` is the source of the used tokens; `sources` has what each source shows. Without a
    request in the book, it is null, and `reason` says so. `level` is the highest level of `warn`
    that is reached. The agents' contexts, of `capacity_tokens` each, are no use.
    """

    name: str
    planned_tokens: int | None
    planned_from: PlanFrom | None
    capacity_tokens: int
    used_tokens: int
    used_from: From | None
    reason: str | None
    left_tokens: int | None
    used_percent: float | None
    level: float | None
    sources: list[Source]
    contexts: list[Context]


def budget_of(config: Config, window: str) -> tuple[str, Budget]:
    """Returns the name and the budget of a window."""
    declared = config.windows.windows.get(window)
    name = declared.budget if declared else "default"
    return name, config.budgets[name]


def plan_of(checkpoints: Sequence[Checkpoint], budget: Budget) -> Plan:
    """Returns the plan of a window's newest checkpoint, else the target of its budget."""
    for row in reversed(checkpoints):
        if row.tokens_planned is not None:
            return Plan(row.tokens_planned, "checkpoint")
    target = None if budget.limit is None else round(budget.limit)
    return Plan(target, None if target is None else "budget")


def window_use(
    facts: WindowFacts,
    checkpoints: Sequence[Checkpoint],
    traffic: "Traffic | None",
    used: "Sequence[tuple[Key, Counts]] | None",
) -> Use:
    """Returns the use of a window, from its checkpoints and from what each source shows."""
    name, budget = budget_of(facts.config, facts.window)
    shown = sources(traffic, used)
    return use(name, budget, plan_of(checkpoints, budget), shown, contexts(facts.closings))


def use(
    name: str,
    budget: Budget,
    plan: Plan,
    shown: list[Source],
    of_agents: Sequence[Context] = (),
) -> Use:
    """Compares the used tokens with the plan."""
    total, source = actual(shown)
    used = total or 0
    share = used / plan.tokens if plan.tokens else None
    return Use(
        name=name,
        planned_tokens=plan.tokens,
        planned_from=plan.source,
        capacity_tokens=budget.capacity_tokens,
        used_tokens=used,
        used_from=source,
        reason=NO_REQUESTS if source is None else None,
        left_tokens=None if plan.tokens is None else plan.tokens - used,
        used_percent=None if share is None else round(100 * share, 1),
        level=reached(budget.warn, share),
        sources=shown,
        contexts=[*of_agents],
    )


def reached(levels: Sequence[float], share: float | None) -> float | None:
    """Returns the highest of the levels that a share of a target has reached."""
    return None if share is None else max((each for each in levels if share >= each), default=None)
