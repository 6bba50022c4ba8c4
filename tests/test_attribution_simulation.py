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


def check(promise: str, test: str, figures: list[Figure]) -> None:
    targets = [each for each in figures if each.target != "-"]
    for each in targets:
        figure = f"{each.name}: {each.value}"
        record(promise, f"{test}[{each.name}]", figure, each.target, each.is_ok)


@pytest.mark.parametrize("settings", [Settings(), HARD], ids=["usual", "hard"])
def test_grade_a_is_right_and_shares_sum_to_the_tokens(
    settings: Settings, request: pytest.FixtureRequest
) -> None:
    scores = [*simulate(long(6, 500), 1, settings)]
    figures = [*attribution_figures(scores)]
    assert sum(each.right[0] for each in scores) > 0.3 * sum(each.total for each in scores)
    check("A request is joined to the commit that it became", request.node.name, figures)


def test_intervals_of_lasting_lines_cover_the_true_share() -> None:
    figures = [*interval_figures(long(60, 2000), 1)]
    check(
        "An interval covers the true share of lasting lines",
        "test_intervals_of_lasting_lines_cover_the_true_share",
        figures,
    )
