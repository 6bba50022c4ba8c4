"""Experiments whose truth is known: errors under peeking after every outcome, and the power."""

import sys
from math import sqrt

import pytest
from burnbook import extras
from frontdoor import ROOT
from torture.figures import long, record

extras.use("insight", "experiment")
sys.path.insert(0, str(ROOT / "benchmarks"))
import simulate_experiment as simulator  # noqa: E402 - needs numpy, which is an extra

WRONG = "An experiment is wrong in at most 5% of cases, however often it is read"
POWER = "An experiment finds its effect as often as planned, to 2 points"


def ids(value: object) -> str | None:
    return value.name if isinstance(value, simulator.World) else ""


@pytest.mark.parametrize(("plan", "world"), [*simulator.NULLS, *simulator.COVERED], ids=ids)
def test_intervals_hold_at_all_times(plan: simulator.Plan, world: simulator.World) -> None:
    runs = long(40, 1000)
    wrong, _, _ = simulator.simulate(plan, world, runs, [simulator.SEED], simulator.LONGER)
    # Four standard errors above 5%, so that the few runs of the suite do not fail by chance.
    most = 0.05 + 4 * sqrt(0.05 * 0.95 / runs) if runs < 1000 else simulator.MOST_WRONG
    text = f"{world.name}: {wrong:.1%} of {runs:,} experiments"
    record(
        WRONG, f"test_intervals_hold_at_all_times[{world.name}]", text, "at most 5%", wrong <= most
    )


@pytest.mark.parametrize(("plan", "world"), simulator.EFFECTS, ids=ids)
def test_the_power_is_the_planned_one(plan: simulator.Plan, world: simulator.World) -> None:
    runs = long(60, 3000)
    _, decided, stated = simulator.simulate(plan, world, runs, [simulator.SEED], 1)
    most = max(simulator.MOST_OFF, 4 * sqrt(0.16 / runs) if runs < 3000 else 0)
    text = f"{world.name}: {decided:.1%} of {runs:,} experiments; planned: {stated:.1%}"
    ok = abs(decided - stated) <= most
    record(POWER, f"test_the_power_is_the_planned_one[{world.name}]", text, "within 2 points", ok)
