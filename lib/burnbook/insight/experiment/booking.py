"""Makes the rows that assign a feature and record its outcome. Call it with the lock held."""

from itertools import islice
from typing import Any

from burnbook.base.errors import Missing, UsageError
from burnbook.book import codec
from burnbook.context import Context
from burnbook.insight.experiment.method import scales, sequence
from burnbook.insight.experiment.trial import booked, plan_of
from burnbook.rows.experiments import Assignment, Outcome
from burnbook.times import clock
from burnbook.windows.current import open_window
from burnbook.windows.snapshot_index import snapshot_index


def assignment(ctx: Context, name: str, feature: str) -> Assignment:
    """The arm of a feature: the next of the sequence, or that of its earlier assignment."""
    rows = booked(ctx)
    plan = plan_of(rows, name)
    assigned = rows.assignments[name]
    for each in assigned:
        if each.feature == feature:
            return each
    number = max((each.number for each in assigned), default=-1) + 1
    [arm] = islice(sequence.arms(plan.seed, plan.arms), number, number + 1)
    now = clock.now()
    return codec.make(
        Assignment,
        agent=ctx.agent,
        window=open_window(ctx, snapshot_index(ctx).until(now), now),
        experiment=name,
        feature=feature,
        arm=arm,
        number=number,
        assigned_at=now,
    )


def outcome(
    ctx: Context,
    name: str,
    feature: str,
    *,
    value: str | None,
    used: str | None,
    notes: str | None,
) -> Outcome:
    """The outcome of a feature, `value` None: it is withdrawn. Another value supersedes it.

    Raises Missing if the feature is not assigned, and UsageError.
    """
    rows = booked(ctx)
    plan = plan_of(rows, name)
    arm = next((each.arm for each in rows.assignments[name] if each.feature == feature), None)
    if arm is None:
        fix = f"run `experiment assign {name} FEATURE` before the work on it begins"
        raise Missing(f"no arm of {name} is assigned to {feature}; {fix}")
    if used is not None and used not in plan.arms:
        raise UsageError(f"--used is {used}; the arms of {name} are {', '.join(plan.arms)}")
    fields: dict[str, Any] = {
        **{"experiment": name, "feature": feature, "notes": notes},
        "value": None if value is None else scales.parse_value(plan, value),
        "used": None if used == arm else used,
        "measured_at": clock.now(),
    }
    row = codec.make(Outcome, agent=ctx.agent, **fields)
    before = [each for each in rows.outcomes[name] if each.feature == feature]
    if not before:
        return row
    if before[-1].content == row.content:
        return before[-1]
    return codec.make(Outcome, agent=ctx.agent, supersedes=before[-1].id, **fields)
