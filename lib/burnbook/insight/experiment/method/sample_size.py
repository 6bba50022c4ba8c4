"""How many features an experiment needs, by simulation of the test that the report uses.

Needs numpy.
"""

from typing import Any, NamedTuple

import numpy as np

from burnbook.base.errors import UsageError
from burnbook.insight.experiment.method import bounded_interval, ratio_interval
from burnbook.insight.experiment.method.scales import Bounds, log_effect
from burnbook.rows.experiments import Scale

ERROR = 0.05
"""The probability with which an experiment has a wrong verdict, whenever it is read."""
MOST = 2000
"""More features are not planned."""
_PATHS = 10_000  # the standard error of the power is 0.4 points
_AT_ONCE = 1_000_000  # values
_SEED = 20_230_119


class Size(NamedTuple):
    """The features of all arms, the power with them, and the number where half have a verdict."""

    features: int
    power: float
    median: int


class Plan(NamedTuple):
    """What a sample size depends on. `effect`, `baseline` and `spread` are as in the row."""

    scale: Scale
    limits: Bounds
    effect: float
    baseline: float | None
    spread: float | None
    arms: int


def error_of(arms: int) -> float:
    """The error of each comparison with the first arm, by Bonferroni."""
    return ERROR / max(1, arms - 1)


def standardized(effect: float, spread: float) -> float:
    """The effect on the scale `ratio` in standard deviations of the logarithms."""
    return float(log_effect(effect) / np.log(spread))


def means(plan: Plan) -> tuple[float, float]:
    """The two means, on `proportion` and `score`, between which the power is computed.

    The second is greater where that is possible. Raises UsageError if neither is.
    """
    assert plan.baseline is not None
    low, high = plan.limits
    margin = 0.01 * (high - low)
    for mean in (plan.baseline + plan.effect, plan.baseline - plan.effect):
        if low + margin <= mean <= high - margin:
            return plan.baseline, mean
    raise UsageError(
        f"an effect of {plan.effect:g} is not possible: with a baseline of {plan.baseline:g}, "
        f"the other arm would be outside of {low:g} to {high:g}"
    )


def variance(plan: Plan) -> float:
    """The assumed variance of the difference of two features, one of each arm."""
    if plan.scale == "proportion":
        return sum(mean * (1 - mean) for mean in means(plan))
    assert plan.spread is not None
    return 2 * plan.spread**2


def bets(plan: Plan) -> Any:
    """The bets on differences, which the plan determines."""
    width = plan.limits.high - plan.limits.low
    return bounded_interval.bets_for(plan.effect / width, variance(plan) / width**2)


def sample_size(plan: Plan, power: float) -> Size:
    """The least number of features with which the power is reached.

    Raises UsageError if that is more than MOST.
    """
    error, most = error_of(plan.arms), MOST // plan.arms
    pairs = min(most, _guess(plan, power, error))
    while True:
        stops = np.sort(_stops(plan, pairs, error))
        shares = np.searchsorted(stops, np.arange(2, 2 * pairs + 1, 2), side="right") / _PATHS
        reached = np.flatnonzero(shares >= power)
        if len(reached):
            of_each, half = int(reached[0]), int(np.flatnonzero(shares >= 0.5)[0])
            features, median = ((pair + 1) * plan.arms for pair in (of_each, half))
            return Size(features, float(shares[of_each]), median)
        if pairs == most:
            raise UsageError(
                f"more than {MOST:,} features would be needed; ask for a larger effect, "
                "or choose a metric that differs less between features"
            )
        pairs = min(most, 2 * pairs)


def _guess(plan: Plan, power: float, error: float) -> int:
    """Pairs that are probably enough: twice those of a test at one fixed time."""
    if plan.scale == "ratio":
        assert plan.spread is not None
        variances = 2 / standardized(plan.effect, plan.spread) ** 2
    else:
        variances = variance(plan) / plan.effect**2
    quantiles = 1.42 * np.log(2 / error) ** 0.5 + 4 * power - 2
    return max(10, int(1.6 * variances * quantiles**2))


def _stops(plan: Plan, pairs: int, error: float) -> Any:
    """After how many features of two arms each simulated experiment has a verdict, or infinity."""
    draw = np.random.default_rng(_SEED)
    at_once = max(1, _AT_ONCE // (2 * pairs))
    stops = []
    for start in range(0, _PATHS, at_once):
        paths = min(at_once, _PATHS - start)
        is_ratio = plan.scale == "ratio"
        reached = (_of_ratio if is_ratio else _of_bounded)(plan, draw, paths, pairs, error)
        first = np.argmax(reached, 1) + 1.0
        first[~reached.any(1)] = np.inf
        stops.append(first if is_ratio else 2 * first)
    return np.concatenate(stops)


def _of_ratio(plan: Plan, draw: Any, paths: int, pairs: int, error: float) -> Any:
    """Whether the interval excludes 0 after each feature."""
    assert plan.spread is not None
    effect = standardized(plan.effect, plan.spread)
    is_first = draw.random((paths, pairs)) < 0.5
    arm = np.stack([is_first, ~is_first], -1).reshape(paths, 2 * pairs)
    values = draw.standard_normal(arm.shape) + effect * arm
    figures = running(values, arm)
    estimate, half = ratio_interval.difference(*figures, effect, error)
    return np.abs(estimate) > half


def running(values: Any, is_second: Any) -> tuple[Any, Any, Any]:
    """Count, mean and squared deviations of two arms after each feature, for `difference`."""
    of_arms = []
    for arm in (~is_second, is_second):
        count = np.cumsum(arm, -1)
        total = np.cumsum(values * arm, -1)
        mean = total / np.maximum(1, count)
        squares = np.cumsum(values**2 * arm, -1) - total * mean
        of_arms.append((count, mean, np.maximum(0, squares)))
    count, mean, squares = (np.stack(each, -1) for each in zip(*of_arms, strict=True))
    return count, mean, squares


def _of_bounded(plan: Plan, draw: Any, paths: int, pairs: int, error: float) -> Any:
    """Whether the interval excludes 0 after each pair, or did before."""
    low, high = plan.limits
    drawn = []
    for mean in means(plan):
        share = (mean - low) / (high - low)
        if plan.scale == "proportion":
            drawn.append((draw.random((paths, pairs)) < share).astype(float))
        else:
            assert plan.spread is not None
            both = share * (1 - share) / (plan.spread / (high - low)) ** 2 - 1
            if both <= 0:
                raise UsageError(
                    f"a spread of {plan.spread:g} around a mean of {mean:g} is not possible "
                    f"between {low:g} and {high:g}"
                )
            drawn.append(draw.beta(share * both, (1 - share) * both, (paths, pairs)))
    return bounded_interval.refuted(drawn[1] - drawn[0], error, bets(plan))
