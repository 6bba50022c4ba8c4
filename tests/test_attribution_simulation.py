"""The acceptance of `attribute` on invented repositories, and of its intervals."""

import sys

import pytest
from burnbook import extras
from frontdoor import ROOT
from torture.figures import long, record

sys.path.append(str(ROOT / "benchmarks"))
from attribution_world import Settings
from simulate_attribution import (
    Figure,
    attribution_figures,
    interval_figures,
    simulate,
)

extras.use("insight", "test")

HARD = Settings(person_commits=1.5, fails=0.15, slow=0.3, two_agents=0.8, unknown=0.15)
"""More of what makes commits ambiguous than in the full run."""


def check(test: str, figures: list[Figure]) -> None:
    """Record each figure with a target. Raises AssertionError for one that misses it."""
    for each in figures:
        if each.target != "-":
            promise = f"Requests become the commits that they made: {each.name}"
            record(promise, test, each.value, each.target, each.is_ok)


@pytest.mark.parametrize("settings", [Settings(), HARD], ids=["usual", "hard"])
def test_grade_a_is_right_and_shares_sum_to_the_tokens(
    settings: Settings, request: pytest.FixtureRequest
) -> None:
    scores = [*simulate(long(6, 500), 1, settings)]
    figures = [*attribution_figures(scores)]
    assert sum(each.right[0] for each in scores) > 0.3 * sum(each.total for each in scores)
    check(request.node.name, figures)


def test_intervals_of_lasting_lines_cover_the_true_share(request: pytest.FixtureRequest) -> None:
    check(request.node.name, [*interval_figures(long(60, 2000), 1)])
