"""A window's budget: planned, used and remaining tokens."""

import msgspec

from burnbook.budget.tokens_used import Actual, From
from burnbook.config.budgets import Budget
from burnbook.config.loader import Config


class Use(msgspec.Struct, frozen=True):
    """Tokens of one window against its budget. Used and left are null if the use is unknown.

    `used_from` is the source: agents' logs, feeds, or the context of the newest panes. `level` is
    the highest level of `warn` that is reached.
    """

    name: str
    planned_tokens: int
    capacity_tokens: int
    used_tokens: int | None
    used_from: From | None
    left_tokens: int | None
    used_percent: float | None
    level: float | None


def budget_of(config: Config, window: str) -> tuple[str, Budget]:
    """Returns the name and the budget of a window."""
    declared = config.windows.windows.get(window)
    name = declared.budget if declared else "default"
    return name, config.budgets[name]


def use(name: str, budget: Budget, used: Actual) -> Use:
    """Compares the used tokens with the budget."""
    planned, total = budget.target_tokens, used.tokens
    share = None if total is None else total / planned
    return Use(
        name=name,
        planned_tokens=planned,
        capacity_tokens=budget.capacity_tokens,
        used_tokens=total,
        used_from=used.source,
        left_tokens=None if total is None else planned - total,
        used_percent=None if share is None else round(100 * share, 1),
        level=max(reached(budget, share), default=None),
    )


def reached(budget: Budget, share: float | None) -> list[float]:
    """Returns the levels of `warn` that a share of the plan has reached, lowest first."""
    return [] if share is None else sorted({warn for warn in budget.warn if share >= warn})
