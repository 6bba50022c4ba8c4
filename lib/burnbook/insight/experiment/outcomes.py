"""The outcomes of features: recorded ones, else what the book has of a feature or a window.

A metric `pass` is taken from `evidence` whose capability has the name of the feature. If a window
is the unit that is assigned, `finalize` gives `pass`, `quality`, and `tokens` and `usd` per
feature.
"""

from collections.abc import Iterator

from burnbook.book.precedence import order
from burnbook.context import Context
from burnbook.cost.price_list import PriceList
from burnbook.insight.experiment.trial import Booked, Trial, Value, plan_of
from burnbook.rows.experiments import Assignment, Experiment
from burnbook.rows.meters import WindowRow
from burnbook.rows.work import Evidence, current
from burnbook.usage.pricing import Pricing
from burnbook.usage.queries import window_sums
from burnbook.usage.report import new_tokens
from burnbook.windows.history import closing

_RESULTS = {"pass": 1.0, "partial": 0.0, "fail": 0.0, "error": 0.0}


def trial(ctx: Context, rows: Booked, name: str) -> Trial:
    """One experiment with the outcomes of its features. Raises Missing."""
    plan = plan_of(rows, name)
    booked = rows.assignments[name]
    assignments = [each for each in booked if each.arm in plan.arms]
    values = dict(_recorded(rows, name))
    waiting = [each for each in assignments if each.feature not in values]
    values |= dict(_of_evidence(ctx, plan, waiting))
    values |= dict(_of_windows(ctx, plan, [a for a in waiting if a.feature not in values]))
    foreign = len(booked) - len(assignments)
    return Trial(plan, assignments, values, rows.others[name], foreign)


def _recorded(rows: Booked, name: str) -> Iterator[tuple[str, Value]]:
    for row in rows.outcomes[name]:
        yield (
            row.feature,
            Value(row.value, "record", order(row), row.used, row.supersedes is not None, row.notes),
        )


def _of_evidence(
    ctx: Context, plan: Experiment, waiting: list[Assignment]
) -> Iterator[tuple[str, Value]]:
    """Of each capability the newest run since the assignment, as for the decision."""
    if plan.metric != "pass" or not waiting:
        return
    since = {each.feature: each.recorded_at for each in waiting}
    evidence: list[Evidence] = ctx.book.rows("evidence")
    for row in current(evidence):
        assigned = since.get(row.capability_id)
        if assigned is not None and row.recorded_at >= assigned and row.result in _RESULTS:
            yield row.capability_id, Value(_RESULTS[row.result], "evidence", order(row))


def _of_windows(
    ctx: Context, plan: Experiment, waiting: list[Assignment]
) -> Iterator[tuple[str, Value]]:
    for each in waiting:
        row = closing(ctx, each.feature)
        if row is not None and row.recorded_at >= each.recorded_at:
            value = _of_window(ctx, plan.metric, row)
            if value is not None:
                yield each.feature, Value(value, "finalize", order(row))


def _of_window(ctx: Context, metric: str, row: WindowRow) -> float | None:
    if metric == "pass":
        return None if row.outcome is None else _RESULTS[row.outcome]
    if metric == "quality":
        return None if row.quality is None else float(row.quality)
    features = sum(row.features.values())
    if metric not in ("tokens", "usd") or not features or row.window is None:
        return None
    used = window_sums(ctx.store, row.window)
    if metric == "tokens":
        amount = float(sum(new_tokens(sums) for _, sums in used))
    else:
        pricing = Pricing("auto", PriceList(ctx.config.prices))
        prices = [pricing(key, sums).usd for key, sums in used]
        if not all(usd.is_whole for usd in prices):
            return None
        amount = sum(usd.known for usd in prices)
    return amount / features or None
