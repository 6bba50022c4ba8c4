"""The sentences of an experiment: its verdict, and what one arm has more or less than another."""

from collections.abc import Sequence

from burnbook.base.text import plural
from burnbook.insight.estimate import Estimate
from burnbook.insight.experiment.compare import Comparison
from burnbook.rows.experiments import Experiment

UNITS = {"ratio": "percent", "proportion": "points", "score": "score"}


def verdict(plan: Experiment, result: Comparison) -> str:
    """The verdict in one sentence, without a full stop."""
    figure = result.difference
    if figure.value is None:
        return f"no verdict yet: {figure.reason}"
    text = f"{difference(plan, result)}, n = {figure.n}"
    if result.verdict == "difference":
        return f"{text}; the interval excludes 0"
    if result.verdict == "no-difference":
        return f"no difference as large as {effect(plan)}: {text}"
    more = plural(result.needed or 1, "more feature")
    verb = "is" if result.needed == 1 else "are"
    return f"no verdict yet: about {more} {verb} needed; so far {text}"


def difference(plan: Experiment, result: Comparison) -> str:
    """What the arm has more or less than the first, with the interval in the same direction."""
    figure, arm, other = result.difference, result.arm, result.reference
    assert figure.value is not None
    is_less = figure.value < 0
    shown = f"{_shown(plan, abs(figure.value))}"
    interval = _interval(plan, figure, is_less)
    if plan.scale == "ratio":
        # The words for amounts that can be counted, such as tokens, are plural.
        less = "fewer" if plan.metric.endswith("s") else "less"
        name = plan.metric.upper() if plan.metric == "usd" else plan.metric
        word = less if is_less else "more"
        return f"{arm} uses {shown} {word} {name} per feature than {other} {interval}"
    if plan.metric == "pass":
        word = "less" if is_less else "more"
        return f"{arm} passes {shown} {word} often than {other} {interval}"
    word = "lower" if is_less else "higher"
    return f"{plan.metric} is {shown} {word} with {arm} than with {other} {interval}"


def effect(plan: Experiment) -> str:
    """The smallest effect worth knowing."""
    return f"{plan.effect:g}" if plan.scale == "score" else _shown(plan, 100 * plan.effect)


def mean(plan: Experiment, figure: Estimate) -> tuple[str, str]:
    """The mean of an arm and its interval, as cells."""
    if figure.value is None:
        return "-", "-"
    high = "..." if figure.high is None else _amount(plan, figure.high)
    low = _amount(plan, figure.low or 0.0)
    return _amount(plan, figure.value), f"{low} to {high}"


def _amount(plan: Experiment, value: float) -> str:
    if plan.scale == "proportion":
        return f"{100 * value:.0f}%"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _shown(plan: Experiment, value: float) -> str:
    if plan.scale == "ratio":
        return f"{value:.0f}%"
    return f"{value:.0f} points" if plan.scale == "proportion" else f"{value:.2g}"


def _interval(plan: Experiment, figure: Estimate, is_less: bool) -> str:
    assert figure.low is not None
    assert figure.high is not None
    bounds = sorted(-each if is_less else each for each in (figure.low, figure.high))
    form = ".2f" if plan.scale == "score" else ".0f"
    low, high = (f"{round(each, 2) + 0.0:{form}}" for each in bounds)
    return f"[{low}, {high}]"


def planned(plan: Experiment) -> str:
    """How many features are planned, and what they find."""
    share = f"{100 * plan.power_reached:.0f}%"
    return f"{plan.features} features find a difference of {effect(plan)} in {share} of experiments"


def assumed(plan: Experiment) -> str:
    """What the number of features depends on."""
    source = {
        "given": "as given",
        "book": "from earlier experiments of the book",
        "worst": "the worst case, because none is given",
    }[plan.assumed_from]
    if plan.scale == "ratio":
        text = f"{plan.metric} of features differ by a factor of {plan.spread:.3g}"
    elif plan.scale == "proportion":
        text = f"{100 * (plan.baseline or 0):.0f}% with {plan.arms[0]}"
    else:
        text = f"a mean of {plan.baseline:.3g} and a standard deviation of {plan.spread:.3g}"
    return f"{text}, {source}"


def decided(results: Sequence[Comparison]) -> list[str]:
    """After how many features a difference was known."""
    return [
        f"{each.arm}: the interval first excluded 0 after {each.decided_at} outcomes."
        for each in results
        if each.decided_at is not None
    ]
