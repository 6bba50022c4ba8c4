"""The figures of `rate` for accounts whose true rate is known; 1,000 of them in the soak."""

import sys
from math import sqrt

import pytest
from frontdoor import ROOT
from torture.figures import long, record

sys.path.insert(0, str(ROOT / "benchmarks"))
import simulate_rate

ACCOUNTS = long(60, 1000)
PROMISE = "`rate`: estimates hold for accounts with a known rate"
FIGURES = (
    *("weekly intervals", "5h intervals", "weekly false alarms", "5h false alarms"),
    *("weekly changes", "5h changes"),
)


@pytest.fixture(scope="module")
def figures() -> list[simulate_rate.Figure]:
    return simulate_rate.figures(ACCOUNTS, 20)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_at_its_target(figures: list[simulate_rate.Figure], name: str) -> None:
    """Within three standard errors of it: few accounts give a figure that varies."""
    figure = figures[FIGURES.index(name)]
    assert figure.cases >= ACCOUNTS / 2
    low, high = figure.low or 0.0, 1.0 if figure.high is None else figure.high
    reach = 0.0 if ACCOUNTS >= 1000 else 3 * sqrt(0.05 * 0.95 / figure.cases)
    shown = f"{' '.join(figure.name.split())}: {figure.share:.1%} of {figure.cases}"
    test = f"test_a_figure_is_at_its_target[{name}]"
    target = f"{low:.0%} to {high:.0%}"
    record(PROMISE, test, shown, target, low - reach <= figure.share <= high + reach)
