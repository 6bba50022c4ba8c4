"""Makes the row of a new experiment, with the number of features that it needs. Needs numpy."""

import math
import secrets
from typing import Any

import numpy as np

from burnbook.base import ids
from burnbook.base.errors import UsageError
from burnbook.base.redact import redact
from burnbook.book import codec
from burnbook.context import Context
from burnbook.insight.experiment.method import scales
from burnbook.insight.experiment.method.sample_size import Plan, Size, sample_size
from burnbook.insight.experiment.method.scales import Bounds
from burnbook.insight.experiment.outcomes import trial
from burnbook.insight.experiment.trial import Booked, booked
from burnbook.rows.experiments import Experiment, Scale
from burnbook.times import clock

_LEAST = 10
"""Fewer outcomes of earlier experiments say nothing about the next one."""
_DIFFERENT = ("question", "arms", "metric", "scale", "low", "high", "effect", "baseline", "spread")


def fields(ctx: Context, args: Any) -> tuple[dict[str, Any], Size]:
    """The fields of the row from the arguments, without the seed. Raises UsageError."""
    arms = tuple(ids.check("arm", arm) for arm in args.arm or ())
    if not 2 <= len(arms) <= 8 or len({*arms}) < len(arms):
        raise UsageError("name 2 to 8 different arms, each with --arm")
    question = redact((args.question or "").strip())
    if not question:
        raise UsageError("--question is missing; say what the experiment is to answer")
    if args.metric is None:
        raise UsageError("--metric is missing; give one such as tokens, usd, pass or quality")
    if args.effect is None:
        raise UsageError("--effect is missing; give the smallest one worth knowing, such as 25%")
    metric = ids.check("metric", args.metric)
    scale = _scale(metric, args)
    limits = _limits(metric, scale, args)
    effect = scales.parse_effect(scale, limits, args.effect)
    power = scales.parse_share(args.power, "--power")
    if not 0.5 <= power <= 0.99:
        raise UsageError(f"--power is {args.power}; valid: 50% to 99%")
    worst = (limits.low + limits.high - effect) / 2  # the variances are greatest in the middle
    baseline, spread, source = _assumptions(ctx, metric, scale, limits, worst, args)
    size = sample_size(Plan(scale, limits, effect, baseline, spread, len(arms)), power)
    bounds = scales.as_json(limits) if scale == "score" else {"low": None, "high": None}
    return {
        **{"experiment": ids.check("experiment", args.name), "question": question},
        **{"arms": arms, "metric": metric, "scale": scale, **bounds, "effect": effect},
        **{"baseline": baseline, "spread": spread, "assumed_from": source, "power": power},
        **{"power_reached": size.power, "features": size.features, "notes": args.notes},
    }, size


def row(ctx: Context, given: dict[str, Any], seed: int | None) -> Experiment:
    """The row to book, with the lock held. Raises UsageError if the name has another plan."""
    before = booked(ctx).plans.get(given["experiment"])
    if seed is None:
        seed = secrets.randbelow(2**53) if before is None else before.seed
    plan = codec.make(Experiment, agent=ctx.agent, seed=seed, started_at=clock.now(), **given)
    if before is not None and before.id != plan.id:
        other = next((n for n in _DIFFERENT if getattr(plan, n) != getattr(before, n)), "seed")
        raise UsageError(
            f"experiment {plan.experiment} has another plan ({other}); a plan is not changed, so "
            "choose another name"
        )
    return before or plan


def _scale(metric: str, args: Any) -> Scale:
    known = scales.SCALES.get(metric)
    scale: Scale | None = args.scale or known
    if scale is None:
        listed = ", ".join(scales.SCALES)
        raise UsageError(
            f"the metric {metric} needs --scale ratio, proportion or score; those known: {listed}"
        )
    if known not in (None, scale):
        raise UsageError(f"--scale is {scale}, but {metric} is on the scale {known}")
    return scale


def _limits(metric: str, scale: Scale, args: Any) -> Bounds:
    if args.range is not None and scale != "score":
        raise UsageError(f"--range is {args.range}; only a score has a range")
    if scale != "score":
        return Bounds(0.0, 1.0)
    if args.range is not None:
        return scales.parse_range(args.range)
    if metric == "quality":
        return Bounds(*scales.QUALITY)
    raise UsageError(f"the score {metric} needs --range, such as 1..5")


def _assumptions(
    ctx: Context, metric: str, scale: Scale, limits: Bounds, worst: float, args: Any
) -> tuple[float | None, float | None, str]:
    """The baseline, the spread, and where they come from."""
    baseline = spread = None
    source = "given"
    if args.baseline is not None:
        baseline = _baseline(scale, limits, args.baseline)
    if args.spread is not None:
        if scale == "proportion":
            raise UsageError("--spread is not needed: --baseline determines that of a proportion")
        spread = scales.parse_spread(scale, limits, args.spread)
    is_spread_missing = spread is None and scale != "proportion"
    is_baseline_missing = baseline is None and scale != "ratio"
    if not (is_spread_missing or is_baseline_missing):
        return baseline, spread, source
    earlier = _earlier(ctx, booked(ctx), metric, scale)
    has_enough = len(earlier) >= _LEAST
    if is_spread_missing:
        if not has_enough:
            of_ratio = "2: most features between half and twice the middle"
            shown = of_ratio if scale == "ratio" else "the standard deviation, such as 0.9"
            raise UsageError(
                f"--spread is missing ({shown}); the book has {len(earlier)} outcomes of "
                f"{metric} to take it from, and {_LEAST} are needed"
            )
        numbers = np.log(earlier) if scale == "ratio" else np.array(earlier)
        deviation = float(numbers.std(ddof=1))
        if scale == "ratio":
            spread = min(20.0, max(1.01, math.exp(min(deviation, 700.0))))
        else:
            spread = max(scales.LEAST_SHARE * (limits.high - limits.low), deviation)
        source = "book"
    if is_baseline_missing:
        baseline = float(np.mean(earlier)) if has_enough else worst
        source = "book" if has_enough else "worst" if scale == "proportion" else source
    return baseline, spread, source


def _baseline(scale: Scale, limits: Bounds, text: str) -> float:
    if scale == "ratio":
        raise UsageError("--baseline is not needed: an effect on amounts is relative")
    if scale == "proportion":
        baseline = scales.parse_share(text, "--baseline")
    else:
        baseline = scales.number(text, "--baseline")
    if not limits.low < baseline < limits.high:
        raise UsageError(f"--baseline is {text}; it must be inside the range of the metric")
    return baseline


def _earlier(ctx: Context, rows: Booked, metric: str, scale: Scale) -> list[float]:
    """The outcomes of this metric in earlier experiments, of their first arms."""
    result = []
    for name, plan in rows.plans.items():
        if (plan.metric, plan.scale) == (metric, scale):
            result += [number for _, number in trial(ctx, rows, name).counted(plan.arms[0])]
    return result
