"""What a metric is measured on: a ratio of amounts, a proportion, or a score between two bounds."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from burnbook.base.errors import UsageError
from burnbook.rows.experiments import Experiment, Scale

SCALES: Mapping[str, Scale] = {
    "tokens": "ratio",
    "usd": "ratio",
    "minutes": "ratio",
    "pass": "proportion",
    "quality": "score",
}
"""The scale of the metrics that have one. The others need `--scale`."""
QUALITY = (1.0, 5.0)
LEAST_SHARE = 0.001
"""Effects and spreads of scores are at least this share of their range."""
_GREATEST = 1e15  # of the bounds of a score; a row keeps no greater number
_NARROWEST = 1e-6  # range of a score
_WORDS = {"pass": 1.0, "fail": 0.0}


class Bounds(NamedTuple):
    """The least and the greatest value of a metric."""

    low: float
    high: float


def bounds(plan: Experiment) -> Bounds:
    """The bounds of the values of an experiment; amounts on the scale `ratio` have none above."""
    if plan.scale == "score":
        assert plan.low is not None
        assert plan.high is not None
        return Bounds(plan.low, plan.high)
    return Bounds(0.0, 1.0 if plan.scale == "proportion" else math.inf)


def parse_value(plan: Experiment, text: str) -> float:
    """A value that a person gives. Raises UsageError if the scale does not allow it."""
    value = _WORDS.get(text) if plan.scale == "proportion" else None
    value = number(text, "--value") if value is None else value
    if is_in_range(plan, value):
        return value
    if plan.scale == "proportion":
        raise UsageError(f"--value is {text}; {plan.metric} is pass (1) or fail (0)")
    if plan.scale == "ratio":
        raise UsageError(f"--value is {text}; {plan.metric} must be more than 0")
    low, high = bounds(plan)
    raise UsageError(f"--value is {text}; {plan.metric} is {low:g} to {high:g}")


def is_in_range(plan: Experiment, value: float) -> bool:
    """Whether the scale of an experiment allows a value."""
    low, high = bounds(plan)
    if plan.scale == "proportion":
        return value in (0, 1)
    return value > 0 if plan.scale == "ratio" else low <= value <= high


def parse_range(text: str) -> Bounds:
    """The bounds of a score, such as `1..5`. Raises UsageError."""
    low, dots, high = text.partition("..")
    if not dots:
        raise UsageError(f"--range is {text}; give two bounds, such as 1..5")
    result = Bounds(number(low, "--range"), number(high, "--range"))
    if result.low >= result.high:
        raise UsageError(f"--range is {text}; the first bound must be less than the second")
    is_too_wide = max(map(abs, result)) > _GREATEST
    if is_too_wide or result.high - result.low < _NARROWEST:
        valid = f"bounds of at most {_GREATEST:g} that differ by at least {_NARROWEST:g}"
        raise UsageError(f"--range is {text}; valid: {valid}")
    return result


def parse_effect(scale: Scale, limits: Bounds, text: str) -> float:
    """The smallest effect worth knowing: a share (`25%`), or on `score` a difference.

    Raises UsageError.
    """
    if scale == "score":
        effect = number(text, "--effect")
        width = limits.high - limits.low
        least = LEAST_SHARE * width
        if not least <= effect < width:
            raise UsageError(
                f"--effect is {text}; it must be at least {least:g} and less than {width:g}"
            )
        return effect
    effect = parse_share(text, "--effect")
    if not 0.01 <= effect <= 0.9:
        raise UsageError(f"--effect is {text}; valid: 1% to 90%")
    return effect


def parse_share(text: str, flag: str) -> float:
    """A share such as `25%`. Raises UsageError."""
    if not text.endswith("%"):
        raise UsageError(f"{flag} is {text}; give a percentage, such as 25%")
    return number(text.removesuffix("%"), flag) / 100


def parse_spread(scale: Scale, limits: Bounds, text: str) -> float:
    """The spread of the values, a factor on `ratio`, else a standard deviation.

    Raises UsageError.
    """
    spread = number(text, "--spread")
    if scale == "ratio":
        if not 1.01 <= spread <= 20:
            raise UsageError(f"--spread is {text}; as a factor it must be between 1.01 and 20")
        return spread
    width = limits.high - limits.low
    least, most = LEAST_SHARE * width, width / 2
    if not least <= spread < most:
        raise UsageError(
            f"--spread is {text}; it must be at least {least:g} and less than {most:g}"
        )
    return spread


def log_effect(effect: float) -> float:
    """The difference of logarithms for a share that is saved."""
    return -math.log1p(-effect)


def number(text: str, flag: str) -> float:
    """A finite number. Raises UsageError."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"{flag} is {text}; it must be a number")
    return value


def as_json(limits: Bounds) -> dict[str, Any]:
    """The bounds for a row, null where there are none."""
    return {"low": limits.low, "high": limits.high}
