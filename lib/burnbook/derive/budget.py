"""A window's budget: planned, used, left. Tokens; used is what the newest panes show in context."""

import msgspec

from burnbook.declared import Budget


class Use(msgspec.Struct, frozen=True):
    """Tokens of one window against its budget; used and left are null where no pane shows any."""

    name: str
    planned_tokens: int
    capacity_tokens: int
    used_tokens: int | None
    left_tokens: int | None
    used_percent: float | None
    level: float | None


def use(name: str, budget: Budget, used: list[int]) -> Use:
    """`used` holds the context tokens of each agent and provider that shows them."""
    planned = budget.target_tokens
    if not used:
        return Use(name, planned, budget.capacity_tokens, None, None, None, None)
    total = sum(used)
    share = total / planned
    level = max((warn for warn in budget.warn if share >= warn), default=None)
    return Use(
        name=name,
        planned_tokens=planned,
        capacity_tokens=budget.capacity_tokens,
        used_tokens=total,
        left_tokens=planned - total,
        used_percent=round(100 * share, 1),
        level=level,
    )
