"""Compares each arm with the first one, with intervals that stay valid however often you look.

Needs numpy.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from msgspec import Struct

from burnbook.insight.estimate import Estimate
from burnbook.insight.experiment.method import bounded_interval, ratio_interval, sample_size, scales
from burnbook.insight.experiment.method.sample_size import Plan
from burnbook.insight.experiment.trial import Trial, Value
from burnbook.rows.experiments import Experiment

Verdict = Literal["difference", "no-difference", "open"]
_LEAST_SPREAD = 10
"""Fewer features say nothing about the spread, and the planned one counts."""


class Arm(Struct, frozen=True):
    """One arm: its features, and the mean of its outcomes (geometric on the scale `ratio`)."""

    arm: str
    assigned: int
    outcomes: int
    mean: Estimate


class Comparison(Struct, frozen=True):
    """One arm against the first. `difference` is in percent on `ratio`, in points on `proportion`.

    A negative difference is less than the first arm has. `decided_at` is the number of features
    with which the verdict was reached, `needed` about how many more are needed without one.
    """

    arm: str
    reference: str
    difference: Estimate
    verdict: Verdict
    decided_at: int | None
    needed: int | None


class _Bounds(NamedTuple):
    """The interval after all values, in the unit of the test, and what it was before."""

    value: float
    low: float
    high: float
    n: int
    excludes_from: int | None  # features after which it excluded 0 first


def plan_of(row: Experiment) -> Plan:
    """What the test depends on: all of it was chosen before the first feature."""
    limits = scales.bounds(row)
    return Plan(row.scale, limits, row.effect, row.baseline, row.spread, len(row.arms))


def arms(trial: Trial) -> list[Arm]:
    """The arms in their order."""
    result = []
    for name in trial.plan.arms:
        values = [number for _, number in trial.counted(name)]
        assigned = len(trial.of_arm(name))
        result.append(Arm(name, assigned, len(values), _mean(trial.plan, values)))
    return result


def comparisons(trial: Trial) -> list[Comparison]:
    """Each other arm against the first one."""
    return [_comparison(trial, arm) for arm in trial.plan.arms[1:]]


def _comparison(trial: Trial, arm: str) -> Comparison:
    plan = plan_of(trial.plan)
    first, second = trial.counted(trial.plan.arms[0]), trial.counted(arm)
    compare = _ratios if plan.scale == "ratio" else _differences
    bounds = compare(plan, first, second)
    names = (arm, trial.plan.arms[0])
    n = len(first) + len(second)
    if bounds is None:
        least = ratio_interval.LEAST_OF_ARM
        reason = (
            f"an interval needs {least} outcomes of each arm; {names[1]} has {len(first)}, "
            f"{arm} has {len(second)}"
        )
        more = max(1, _planned(trial.plan, plan, first, second) - n)
        return Comparison(*names, Estimate(n=n, reason=reason), "open", None, more)
    if bounds.low > bounds.high:
        reason = "intervals of different times exclude one another: the outcomes change over time"
        return Comparison(*names, Estimate(n=bounds.n, reason=reason), "open", None, None)
    unit = _unit(plan, bounds)
    effect = scales.log_effect(plan.effect) if plan.scale == "ratio" else plan.effect
    verdict: Verdict = "open"
    if bounds.excludes_from is not None:
        verdict = "difference"
    elif -effect < bounds.low and bounds.high < effect:
        verdict = "no-difference"
    needed: int | None = None
    if verdict == "open":
        needed = _planned(trial.plan, plan, first, second) - bounds.n
        if needed < 1:
            # An interval that is narrower than the effect cannot contain 0 and the effect.
            width = bounds.high - bounds.low
            needed = max(1, math.ceil(bounds.n * min(4.0, (width / effect) ** 2)) - bounds.n)
    return Comparison(*names, unit, verdict, bounds.excludes_from, needed)


def _mean(row: Experiment, values: Sequence[float]) -> Estimate:
    """The mean of one arm with its always-valid interval."""
    n, plan = len(values), plan_of(row)
    least = ratio_interval.LEAST_OF_ARM
    if n < least:
        return Estimate(n=n, reason=f"fewer than {least} outcomes")
    if plan.scale != "ratio":
        bounds = bounded_interval.interval(values, *plan.limits, sample_size.ERROR)
        return Estimate(value=float(np.mean(values)), low=bounds[0], high=bounds[1], n=n)
    logs = np.log(values)
    squares = float(((logs - logs.mean()) ** 2).sum())
    half = float(ratio_interval.mean_of(n, squares, _scale(plan), sample_size.ERROR))
    middle = float(logs.mean())
    low, value, high = (float(np.exp(middle + each)) for each in (-half, 0, half))
    return Estimate(value=value, low=low, high=high if math.isfinite(high) else None, n=n)


def _ratios(
    plan: Plan, first: Sequence[tuple[Value, float]], second: Sequence[tuple[Value, float]]
) -> _Bounds | None:
    """The difference of the means of logarithms."""
    if min(len(first), len(second)) < ratio_interval.LEAST_OF_ARM:
        return None
    by_time = [(*each, False) for each in first] + [(*each, True) for each in second]
    by_time.sort(key=lambda entry: entry[0].order)
    logs = np.log([number for _, number, _ in by_time])
    is_second = np.array([is_second for *_, is_second in by_time])
    # The mean of all is subtracted, so that sums of squares keep their digits.
    figures = sample_size.running(logs - logs.mean(), is_second)
    error = sample_size.error_of(plan.arms)
    estimate, half = ratio_interval.difference(*figures, _scale(plan), error)
    low, high = (estimate - half).max(), (estimate + half).min()
    excludes = np.flatnonzero(np.abs(estimate) > half)
    since = int(excludes[0]) + 1 if len(excludes) else None
    return _Bounds(float(estimate[-1]), float(low), float(high), len(logs), since)


def _differences(
    plan: Plan, first: Sequence[tuple[Value, float]], second: Sequence[tuple[Value, float]]
) -> _Bounds | None:
    """The mean difference of pairs: the first outcome of one arm with the first of the other."""
    pairs = min(len(first), len(second))
    if pairs < ratio_interval.LEAST_OF_ARM:
        return None
    both = sorted(
        (max(base[0].order, other[0].order), other[1] - base[1])
        for base, other in zip(first, second, strict=False)
    )
    differences = np.array([difference for _, difference in both])
    width = plan.limits.high - plan.limits.low
    error, bets = sample_size.error_of(plan.arms), sample_size.bets(plan)
    low, high = bounded_interval.interval(differences, -width, width, error, bets)
    excludes = np.flatnonzero(bounded_interval.refuted(differences / width, error, bets))
    since = 2 * (int(excludes[0]) + 1) if len(excludes) else None
    return _Bounds(float(differences.mean()), low, high, 2 * pairs, since)


def _scale(plan: Plan) -> float:
    assert plan.spread is not None
    return sample_size.standardized(plan.effect, plan.spread)


def _planned(
    row: Experiment,
    plan: Plan,
    first: Sequence[tuple[Value, float]],
    second: Sequence[tuple[Value, float]],
) -> int:
    """The planned features of two arms, with the spread that the outcomes have so far."""
    of_two = 2 * row.features / len(row.arms)
    n = len(first) + len(second)
    if n < _LEAST_SPREAD or min(len(first), len(second)) < 2:
        return math.ceil(of_two)
    numbers: list[Any] = [np.array([number for _, number in each]) for each in (first, second)]
    if plan.scale == "ratio":
        assert plan.spread is not None
        planned = 2 * math.log(plan.spread) ** 2
        numbers = [np.log(each) for each in numbers]
    else:
        planned = sample_size.variance(plan)
    seen = sum(float(each.var(ddof=1)) for each in numbers)
    return math.ceil(of_two * seen / planned)


def _unit(plan: Plan, bounds: _Bounds) -> Estimate:
    """The difference in the unit that is shown."""
    values = (bounds.value, bounds.low, bounds.high)
    if plan.scale == "ratio":
        value, low, high = (100 * math.expm1(min(each, 700.0)) for each in values)
    else:
        times = 100 if plan.scale == "proportion" else 1
        value, low, high = (times * each for each in values)
    return Estimate(value=value, low=low, high=high, n=bounds.n)
