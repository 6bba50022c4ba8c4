"""A window's budget: planned, used, left. Tokens."""

import msgspec

from burnbook.budget.tokens_used import Actual, From
from burnbook.config.budgets import Budget


class Use(msgspec.Struct, frozen=True):
    """Tokens of one window against its budget; used and left are null where nothing tells them.

    `used_from` says what does: the feeds' rows of the window, or the context of its newest panes.
    """

    name: str
    planned_tokens: int
    capacity_tokens: int
    used_tokens: int | None
    used_from: From | None
    left_tokens: int | None
    used_percent: float | None
    level: float | None


def use(name: str, budget: Budget, used: Actual) -> Use:
    """What was used, held against the budget; `level` is the highest of `warn` that is reached."""
    planned, total = budget.target_tokens, used.tokens
    share = None if total is None else total / planned
    return Use(
        name=name,
        planned_tokens=planned,
        capacity_tokens=budget.capacity_tokens,
        used_tokens=total,
        used_from=used.told_by,
        left_tokens=None if total is None else planned - total,
        used_percent=None if share is None else round(100 * share, 1),
        level=max(reached(budget, share), default=None),
    )


def reached(budget: Budget, share: float | None) -> list[float]:
    """The levels of `warn` that a share of the plan has reached, lowest first."""
    return [] if share is None else sorted({warn for warn in budget.warn if share >= warn})
