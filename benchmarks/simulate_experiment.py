"""Simulate experiments whose truth is known, and compare what the report says with it.

Every experiment is planned by the sample size of `experiment new`, assigned by its sequence, and
read after every outcome by the function of its report. "Wrong" is an interval that excluded the
true difference at any of these times, so every wrong verdict is one of them. Exits with 1 if a
target is missed.

Example:
  .venv/bin/python benchmarks/simulate_experiment.py --experiments 2000
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
START = datetime(2026, 1, 5, tzinfo=UTC)
SEED = 19
MOST_WRONG = 0.05
MOST_OFF = 0.02  # of the power
LONGER = 2  # times the planned features: people do not stop where they planned to

Draw = Callable[[Any, int, int], float]


class World(NamedTuple):
    """How features come out: `draw(rng, arm, number)`, with the true difference of two arms.

    `difference` is in the unit of the report: percent, points or score. Of the outcomes, `missing`
    never arrive, and the others are up to `late` features late.
    """

    name: str
    metric: str
    draw: Draw
    difference: float
    arms: int = 2
    missing: float = 0.0
    late: int = 0


class Plan(NamedTuple):
    """What `experiment new` is asked for."""

    scale: str
    effect: float
    baseline: float | None = None
    spread: float | None = None
    limits: tuple[float, float] = (0.0, 1.0)


class Figure(NamedTuple):
    """One figure of acceptance."""

    name: str
    value: float
    target: str
    is_held: bool
    n: int


TOKENS = Plan("ratio", 0.25, spread=1.5)
PASSES = Plan("proportion", 0.25, baseline=0.6)
QUALITY = Plan("score", 0.8, baseline=3.0, spread=1.0, limits=(1.0, 5.0))


def amount(
    spread: float, noise: str, shift: float = 0.0, drift: float = 0.0, step: int = 1
) -> Draw:
    """Amounts whose logarithms have a noise; `shift` is that of later arms, `step` rounds."""

    def draw(rng: Any, arm: int, number: int) -> float:
        if noise == "normal":
            error = rng.standard_normal()
        elif noise == "heavy":
            error = rng.standard_t(3)
        elif noise == "skewed":  # a few features that are far larger
            error = rng.exponential(1.5) - 1.5
        else:  # the spread of the second arm is half as large again
            error = rng.standard_normal() * (1.5 if arm else 1.0)
        level = math.log(150_000) + drift * number + shift * (arm > 0)
        value = math.exp(level + math.log(spread) * error)
        return float(max(step, step * round(value / step)))

    return draw


def success(share: float, difference: float = 0.0, drift: float = 0.0) -> Draw:
    """1 with a probability, else 0."""

    def draw(rng: Any, arm: int, number: int) -> float:
        return float(rng.random() < share + difference * (arm > 0) + drift * number)

    return draw


def grade(weights: Sequence[float], better: Sequence[float] | None = None) -> Draw:
    """A whole grade from 1 on."""

    def draw(rng: Any, arm: int, number: int) -> float:
        shares = better if arm and better is not None else weights
        return float(1 + rng.choice(len(shares), p=shares))

    return draw


FLAT, HIGH = (0.1, 0.2, 0.4, 0.2, 0.1), (0.0, 0.02, 0.08, 0.3, 0.6)
NULLS = (
    (TOKENS, World("tokens, as planned", "tokens", amount(1.5, "normal"), 0)),
    (TOKENS, World("tokens, twice the spread", "tokens", amount(2.25, "normal"), 0)),
    (TOKENS, World("tokens, heavy tails", "tokens", amount(1.5, "heavy"), 0)),
    (TOKENS, World("tokens, some far larger", "tokens", amount(1.5, "skewed"), 0)),
    (TOKENS, World("tokens, arms differ in spread", "tokens", amount(1.5, "unequal"), 0)),
    (TOKENS, World("tokens, level drifts", "tokens", amount(1.5, "normal", drift=0.01), 0)),
    (TOKENS, World("tokens, rounded to 50,000", "tokens", amount(1.5, "normal", step=50_000), 0)),
    (TOKENS, World("tokens, 20% missing", "tokens", amount(1.5, "heavy"), 0, 2, 0.2, 10)),
    (TOKENS, World("tokens, four arms", "tokens", amount(1.5, "normal"), 0, 4)),
    (PASSES, World("pass, 60%", "pass", success(0.6), 0)),
    (PASSES, World("pass, 95%", "pass", success(0.95), 0)),
    (PASSES, World("pass, from 40% to 90%", "pass", success(0.4, drift=0.002), 0, 2, 0.2, 10)),
    (QUALITY, World("quality, flat", "quality", grade(FLAT), 0)),
    (QUALITY, World("quality, nearly all 4 and 5", "quality", grade(HIGH), 0)),
)
SAVED = math.log(0.75)
EFFECTS = (
    (TOKENS, World("tokens, 25% fewer", "tokens", amount(1.5, "normal", SAVED), -25)),
    (PASSES, World("pass, 60% to 85%", "pass", success(0.6, 0.25), 25)),
)
COVERED = (
    (TOKENS, World("tokens, 25% fewer, heavy tails", "tokens", amount(1.5, "heavy", SAVED), -25)),
    (TOKENS, World("tokens, 10% fewer", "tokens", amount(1.5, "normal", math.log(0.9)), -10)),
    (PASSES, World("pass, 60% to 70%", "pass", success(0.6, 0.1), 10)),
    (QUALITY, World("quality, 0.4 higher", "quality", grade(FLAT, (0, 0.2, 0.3, 0.4, 0.1)), 0.4)),
)


def main() -> int:
    """Simulate, print every figure with its target, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--experiments", type=int, default=2000, help="of each setting")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "lib"))
    from burnbook import extras

    extras.use("insight", "experiment")
    missed = 0
    for figure in figures(args.experiments, args.seed):
        mark = "holds" if figure.is_held else "MISSED"
        print(
            f"{figure.name:<44} {100 * figure.value:5.1f}%  {figure.target:<22} {mark}", flush=True
        )
        missed += not figure.is_held
    return 1 if missed else 0


def figures(experiments: int, seed: int) -> Iterator[Figure]:
    """Every figure of acceptance. Errors are of experiments that were read after every outcome."""
    for number, (plan, world) in enumerate((*NULLS, *COVERED)):
        wrong, _, _ = simulate(plan, world, experiments, [seed, number], LONGER)
        kind = "false alarms" if world.difference == 0 else "interval misses"
        is_held = wrong <= MOST_WRONG
        yield Figure(f"{kind}: {world.name}", wrong, "at most 5%", is_held, experiments)
    for number, (plan, world) in enumerate(EFFECTS):
        # The share of verdicts is to be exact to two points, so there are more of these.
        runs = 3 * experiments
        _, decided, stated = simulate(plan, world, runs, [seed, 100 + number], 1)
        is_held = abs(decided - stated) <= MOST_OFF
        target = f"{100 * stated:.1f}%, 2 points off"
        yield Figure(f"power: {world.name}", decided, target, is_held, runs)


def simulate(
    plan: Plan, world: World, experiments: int, seed: Sequence[int], longer: float
) -> tuple[float, float, float]:
    """The shares of experiments that were wrong and that found a difference; the stated power."""
    import numpy as np
    from burnbook.insight.experiment import compare

    rng = np.random.default_rng(seed)
    row = planned(plan, world)
    wrong = decided = 0
    for _ in range(experiments):
        results = compare.comparisons(trial(row, world, rng, round(longer * row.features)))
        wrong += any(is_wrong(each.difference, world.difference) for each in results)
        decided += any(each.verdict == "difference" for each in results)
    return wrong / experiments, decided / experiments, row.power_reached


def is_wrong(figure: Any, difference: float) -> bool:
    """Whether an interval excluded the true difference at any time.

    Intervals that exclude one another cannot all have covered it, so they are wrong as well.
    """
    if figure.value is None:
        return "exclude one another" in str(figure.reason)
    return not figure.low <= difference <= figure.high


def planned(plan: Plan, world: World) -> Any:
    """The row of an experiment, as `experiment new` makes it."""
    from burnbook.insight.experiment.method import sample_size, scales
    from burnbook.rows.experiments import Experiment

    limits = scales.Bounds(*plan.limits)
    asked: Any = (plan.scale, limits, plan.effect, plan.baseline, plan.spread, world.arms)
    size = sample_size.sample_size(sample_size.Plan(*asked), 0.8)
    is_score = plan.scale == "score"
    fields: dict[str, Any] = {
        **{"experiment": "x", "question": "?", "metric": world.metric, "scale": plan.scale},
        "arms": tuple(f"arm-{number}" for number in range(world.arms)),
        "low": limits.low if is_score else None,
        "high": limits.high if is_score else None,
        **{"effect": plan.effect, "baseline": plan.baseline, "spread": plan.spread},
        **{"assumed_from": "given", "power": 0.8, "power_reached": size.power},
        **{"features": size.features, "seed": 0, "started_at": START},
    }
    return Experiment(**stamps(0), **fields)


def trial(row: Any, world: World, rng: Any, features: int) -> Any:
    """One experiment with the outcomes of its features, in the order in which they arrive."""
    from burnbook.insight.experiment.method import sequence
    from burnbook.insight.experiment.trial import Trial, Value
    from burnbook.rows.experiments import Assignment

    seed = int(rng.integers(2**53))
    arms = [*islice(sequence.arms(seed, row.arms), features)]
    assignments, values = [], {}
    for number, arm in enumerate(arms):
        name = f"F-{number}"
        own: dict[str, Any] = {"experiment": "x", "feature": name, "arm": arm, "number": number}
        assignments.append(Assignment(**stamps(number), **own, assigned_at=START))
        if rng.random() >= world.missing:
            arrived = START + timedelta(hours=number + rng.random() * world.late)
            value = world.draw(rng, row.arms.index(arm), number)
            values[name] = Value(value, "record", (arrived, name))
    return Trial(row, assignments, values)


def stamps(number: int) -> dict[str, Any]:
    """The stamps of a row that is not booked."""
    row = {"id": f"k-{number}", "schema_version": 2, "tool_version": "0"}
    return {**row, "recorded_at": START, "host": "simulation"}


if __name__ == "__main__":
    sys.exit(main())
