"""What is left of each budget over time, and where it may be at the end of its period."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from burnbook.base.errors import Missing
from burnbook.budget import burn_rate, projection
from burnbook.budget.budget import window_use
from burnbook.budget.declared.status import BudgetStatus, declared_amounts
from burnbook.preview.scene import scene as window_scene
from burnbook.store.queries import QUARTER
from burnbook.usage.queries import pace as usage_pace
from burnbook.windows.current import current

if TYPE_CHECKING:
    from burnbook.preview.scene import Scene as WindowScene
    from burnbook.report.scene import Scene

_HOUR = 3600  # seconds
_UNITS = {"tokens": "new tokens", "usd": "USD", "points": "points"}

Row = dict[str, Any]


def rows(scene: "Scene") -> list[Row]:
    """Rows of several kinds for each budget of the window of the report, else of the current one.

    `value`: the amount left, or used where there is no plan (`name` says which), after each hour
    with use. `plan`: an even use of the plan, from the start to the end. `band`: the amount now,
    then the least and the most at the end, at the rates of `budget`.
    """
    try:
        window = scene.period.window or current(scene.ctx)
    except Missing:
        return []
    facts = window_scene(scene.ctx, window)
    budgets = [[*_of_window(scene, facts)]]
    for status, used in declared_amounts(scene.ctx, facts):
        if scene.period.window is None or status.per == "window":
            budgets.append([*_of_budget(scene, status, used.pace)])
    return [{"order": number, **row} for rows in budgets for number, row in enumerate(rows)]


def _of_window(scene: "Scene", facts: "WindowScene") -> Iterator[Row]:
    used = window_use(facts, facts.checkpoints, facts.traffic, facts.used)
    burned = projection.burn(scene.ctx, facts, facts.traffic, used)
    if used.used_from is None or burned.until is None:
        return
    is_logged = used.used_from == "logs"
    pace: Mapping[int, float] = {}
    if is_logged:
        pace = dict(usage_pace(scene.ctx.store, facts.window))
    elif facts.traffic is not None:
        pace = facts.traffic.pace
    bucket = QUARTER if is_logged else burn_rate.BUCKET
    projected = projection.projection(facts, used, burned)
    band = (projected.used_tokens_low, projected.used_tokens_high)
    span = (facts.span.starts_at, facts.span.ends_at)
    label = f"Window {facts.window}: new tokens"
    plan, total = used.planned_tokens, used.used_tokens
    yield from _budget(scene, label, plan, span, pace, bucket, burned.until, band, total)


def _of_budget(scene: "Scene", status: BudgetStatus, pace: Mapping[int, float]) -> Iterator[Row]:
    label = f"Budget {status.name} of {status.period}: {_UNITS[status.unit]}"
    span = (status.starts_at, status.ends_at)
    until = min(scene.now, status.ends_at) if status.ends_at else scene.now
    band = (status.projected_low, status.projected_high)
    if status.reason is not None and status.used is None:
        label += ", known in part"
    if status.used_at_least is not None:
        total = status.used_at_least
        yield from _budget(scene, label, status.target, span, pace, QUARTER, until, band, total)


def _budget(
    scene: "Scene",
    label: str,
    plan: float | None,
    span: tuple[datetime | None, datetime | None],
    pace: Mapping[int, float],
    bucket: int,
    until: datetime,
    used_at_end: tuple[float | None, float | None],
    used: float,
) -> Iterator[Row]:
    """The rows of one budget, of which `used` is used until now.

    `pace` is the use by intervals of `bucket` seconds; it may be unknown.
    """
    name = f"{label} {'used (no plan)' if plan is None else 'left'}"
    starts, ends = span

    def row(kind: str, at: datetime, **values: float) -> Row:
        return {"name": name, "kind": kind, "at": scene.wall(at), **values}

    def left(used: float) -> float:
        return used if plan is None else plan - used

    first = datetime.fromtimestamp(min(pace) * bucket, UTC) if pace else until
    if pace or not used:
        yield row("value", min(starts or first, first), value=left(0))
    if plan is not None and starts is not None and ends is not None:
        yield row("plan", starts, value=plan)
        yield row("plan", ends, value=0)
    by_hour: dict[int, float] = {}
    for number, amount in sorted(pace.items()):
        hour = (number + 1) * bucket // -_HOUR * -1  # the hour at whose end it is used
        by_hour[hour] = by_hour.get(hour, 0) + amount
    total = 0.0
    for hour, amount in by_hour.items():
        total += amount
        at = datetime.fromtimestamp(hour * _HOUR, UTC)
        if at < until:
            yield row("value", at, value=left(total))
    yield row("value", until, value=left(used))
    yield row("band", until, low=left(used), high=left(used))
    low, high = used_at_end
    if low is not None and high is not None and ends is not None and ends > until:
        yield row("band", ends, low=min(left(low), left(high)), high=max(left(low), left(high)))
