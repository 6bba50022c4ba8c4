"""The limits of a book that can run out: the meters of its accounts, and its budgets."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from burnbook.base.errors import Missing
from burnbook.budget.budget import budget_of, plan_of
from burnbook.budget.declared import amounts
from burnbook.budget.declared.periods import Period, period_of
from burnbook.budget.declared.points import points
from burnbook.config.budgets import Budget
from burnbook.context import Context
from burnbook.insight.forecast.budget_log import BudgetLog
from burnbook.insight.forecast.meter_log import MeterLog
from burnbook.insight.forecast.method.history import History, Limit
from burnbook.insight.forecast.spending import Account, Spent, spent
from burnbook.rows.work import current as current_checkpoints
from burnbook.store.queries import QUARTER
from burnbook.usage.projection import USAGE
from burnbook.windows.accounts.evidence import Evidences
from burnbook.windows.accounts.limits import limits
from burnbook.windows.current import current
from burnbook.windows.facts import window_facts
from burnbook.windows.snapshot_index import snapshot_index

_WEEKS = timedelta(weeks=60)
"""How far back the book is read. A forecast needs less; a backtest asks at earlier moments."""


class BudgetOf(NamedTuple):
    """A budget with its period at a moment."""

    log: BudgetLog
    per: str
    period: Period


def meters(ctx: Context, now: datetime) -> list[MeterLog]:
    """Returns every meter that was seen lately, by provider, account and length."""
    evidences = Evidences(ctx)
    spending: dict[Account, Spent] = {}
    if any(ctx.store.view(USAGE).execute("SELECT 1 FROM usage_cells LIMIT 1")):
        spending = spent(ctx, evidences, now)
    result = []
    for shown in limits(ctx):
        seen = evidences.between(shown.provider, shown.account, now - _WEEKS, now)
        readings = seen.get(shown.meter, ())
        who = shown.provider, shown.account
        own = spending.get(who)
        about = ("meter", shown.meter, "percent", 100.0, *who, shown.window_minutes)
        limit = Limit(*about, rounding=rounding([each.used for each in readings]))
        result.append(MeterLog(limit, readings, own.by_quarter if own else {}))
    return result


def rounding(values: list[float]) -> float:
    """Returns to what the values are rounded: 1 or 0.1."""
    return 1.0 if all(value == round(value) for value in values) else 0.1


def budgets(ctx: Context, now: datetime) -> list[BudgetOf]:
    """Returns every budget that has a target and a period that is not over."""
    users: dict[str, set[str]] = {}
    for agent, provider in snapshot_index(ctx).providers():
        users.setdefault(provider, set()).add(agent)
    since = ctx.store.view(USAGE).execute("SELECT min(quarter) FROM usage_cells").fetchone()[0]
    result = []
    for name, budget, period in _declared(ctx, now):
        if budget.limit is None or period.starts_at is None or period.ends_at is None:
            continue
        if not period.starts_at <= now < period.ends_at:
            continue
        limit = Limit(
            *("budget", name, budget.unit, budget.limit),
            provider=budget.provider,
            account=budget.account,
        )
        pace = _pace(ctx, budget, users, now)
        first = min(pace, default=None) if since is None else since
        if first is not None and pace:
            result.append(BudgetOf(BudgetLog(limit, pace, first), budget.per, period))
    return result


def histories(ctx: Context, now: datetime) -> Iterator[tuple[Limit, History | None]]:
    """Yields each limit with its history; None where its current window is not known."""
    for log in meters(ctx, now):
        yield log.limit, log.as_of(now)
    for each in budgets(ctx, now):
        starts_at, ends_at = each.period.starts_at, each.period.ends_at
        assert starts_at is not None and ends_at is not None
        yield each.log.limit, each.log.as_of(now, starts_at, ends_at)


def _declared(ctx: Context, now: datetime) -> Iterator[tuple[str, Budget, Period]]:
    """Every budget with its current period. That of windows has the plan of the open one."""
    facts = None
    with suppress(Missing):
        facts = window_facts(ctx, current(ctx))
    for name, budget in ctx.config.budgets.items():
        if budget.per != "window":
            yield name, budget, period_of(budget.per, now, ctx.config.zone)
        elif facts is not None:
            period = Period(facts.window, facts.span.starts_at, facts.span.ends_at)
            if not budget.is_of_window:
                yield name, budget, period
            elif budget_of(ctx.config, facts.window)[0] == name:
                yield f"window {facts.window}", _planned(ctx, budget, facts.window), period


def _planned(ctx: Context, budget: Budget, window: str) -> Budget:
    """The budget of a window with the tokens that its newest checkpoint plans."""
    rows = [row for row in ctx.book.rows("checkpoints") if row.window == window]
    tokens = plan_of(current_checkpoints(rows), budget).tokens
    return replace(budget, target_tokens=tokens, target=None)


def _pace(
    ctx: Context, budget: Budget, users: dict[str, set[str]], now: datetime
) -> dict[int, float]:
    """What was used in the scope of a budget, in its unit, by quarter-hour."""
    if budget.unit == "points":
        return dict(points(ctx, budget, now - _WEEKS, now).pace)
    until = int(now.timestamp()) // QUARTER + 1
    return dict(amounts.used(ctx, budget, amounts.Span(0, until, None), users).pace)
