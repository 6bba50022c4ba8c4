"""How much of each declared budget is used, and how much will be at the end of its period."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from burnbook.budget import burn_rate
from burnbook.budget.budget import NO_REQUESTS, reached
from burnbook.budget.burn_rate import Rate
from burnbook.budget.declared import amounts
from burnbook.budget.declared.amounts import Amounts, From
from burnbook.budget.declared.periods import Period, period_of
from burnbook.budget.declared.points import points
from burnbook.config.budgets import SCOPES, Budget
from burnbook.context import Context
from burnbook.store.queries import QUARTER
from burnbook.windows.facts import WindowFacts
from burnbook.windows.snapshot_index import snapshot_index


class BudgetStatus(msgspec.Struct, frozen=True):
    """One declared budget in its current period, in its unit.

    `used` is null if a part is unknown, which `reason` explains; `used_at_least` is the known part,
    null if nothing is. Left, percent and level are of the known part.
    """

    name: str
    per: str
    unit: str
    provider: str | None
    meter: str | None
    account: str | None
    agent: str | None
    project: str | None
    period: str
    starts_at: datetime | None
    ends_at: datetime | None
    target: float | None
    used: float | None
    used_at_least: float | None
    used_from: From | None
    left: float | None
    used_percent: float | None
    level: float | None
    per_hour: Rate
    projected_low: float | None
    projected_high: float | None
    reason: str | None


def declared(ctx: Context, facts: WindowFacts) -> list[BudgetStatus]:
    """Returns the status of each budget that is not that of the windows which name it."""
    return [status for status, _ in declared_amounts(ctx, facts)]


def declared_amounts(ctx: Context, facts: WindowFacts) -> list[tuple[BudgetStatus, Amounts]]:
    """Returns the same budgets, each with what was used by quarter-hour."""
    budgets = {name: b for name, b in ctx.config.budgets.items() if not b.is_of_window}
    if not budgets:
        return []
    users: dict[str, set[str]] = {}
    for agent, provider in snapshot_index(ctx).providers():
        users.setdefault(provider, set()).add(agent)
    result = []
    for name, budget in budgets.items():
        period, used = _amounts(ctx, facts, budget, users)
        result.append((status_of(name, budget, period, used, facts.now), used))
    return result


def _amounts(
    ctx: Context, facts: WindowFacts, budget: Budget, users: Mapping[str, set[str]]
) -> tuple[Period, Amounts]:
    now = facts.now
    if budget.per == "window":
        period = Period(facts.window, facts.span.starts_at, facts.span.ends_at)
    else:
        period = period_of(budget.per, now, facts.config.zone)
    if budget.unit != "points":
        return period, amounts.used(ctx, budget, amounts.span_of(budget, period, now), users)
    if period.starts_at is None:
        return period, Amounts(None, {}, None, "not-begun")
    until = min(now, period.ends_at) if period.ends_at else now
    return period, points(ctx, budget, period.starts_at, until)


def status_of(
    name: str, budget: Budget, period: Period, used: Amounts, now: datetime
) -> BudgetStatus:
    """Compares what was used with the target, and projects it to the end of the period."""
    target, total = budget.limit, used.total
    share = total / target if target is not None and total is not None else None
    rate, low, high = _projected(period, used, now)
    is_whole = used.reason in (None, NO_REQUESTS)
    return BudgetStatus(
        name=name,
        per=budget.per,
        unit=budget.unit,
        **{key: getattr(budget, key) for key in SCOPES},
        period=period.name,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        target=target,
        used=total if is_whole else None,
        used_at_least=total,
        used_from=used.source,
        left=None if target is None or total is None else target - total,
        used_percent=None if share is None else round(100 * share, 1),
        level=reached(budget.warn, share),
        per_hour=rate,
        projected_low=low,
        projected_high=high,
        reason=used.reason,
    )


def _projected(
    period: Period, used: Amounts, now: datetime
) -> tuple[Rate, float | None, float | None]:
    """Returns the rate per hour and the band of the use at the end of a period that is not over."""
    starts_at, ends_at = period.starts_at, period.ends_at
    if used.total is None or starts_at is None or ends_at is None or not used.pace:
        return burn_rate.UNKNOWN, None, None
    until = min(now, ends_at)
    rate = burn_rate.of_pace(used.pace, starts_at, until, ends_at, QUARTER)
    if rate.low is None or rate.high is None or now >= ends_at:
        return rate, None, None
    hours = (ends_at - until).total_seconds() / 3600
    return rate, used.total + rate.low * hours, used.total + rate.high * hours
