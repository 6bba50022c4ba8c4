"""The forecast on simulated accounts whose future is known, and on the past of the sample."""

import json
import sys
from pathlib import Path

import pytest
from conftest import Shell
from frontdoor import ROOT
from torture.figures import long, part, record

sys.path.insert(0, str(ROOT / "benchmarks"))

from simulate_forecast import figures, simulate

PROMISE = "A forecast is calibrated"
TARGET = "95% bands cover 93 to 97%, Brier score below the straight line's"


@pytest.fixture(scope="module")
def shown() -> dict[str, float]:
    """The figures of all simulated accounts."""
    return figures(simulate(long(90, 1000), 20))


def test_bands_cover_and_probabilities_beat_the_straight_line(shown: dict[str, float]) -> None:
    # The suite has 90 accounts: three standard errors beside the target of the full run.
    least, most = (0.93, 0.97) if part() >= 1 else (0.88, 0.995)
    covered, brier = shown["coverage"], shown["brier"]
    best = min(shown["straight"], shown["its band"])
    text = f"{covered:.1%} of {shown['n']:.0f} covered; Brier score {brier:.3f}, line {best:.3f}"
    is_ok = least <= covered <= most and brier < best
    record(
        PROMISE, "test_bands_cover_and_probabilities_beat_the_straight_line", text, TARGET, is_ok
    )


@pytest.mark.skipif(part() == 0, reason="builds 120 days; `just soak` runs it")
def test_the_past_of_the_sample(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    shell.ok("demo", "--days", "120", "--keep", str(folder))
    where = ("--data-dir", str(folder / "book"), "--config-dir", str(folder / "config"))
    at = ("--at", "2026-11-22T20:00:00Z")
    scores = json.loads(shell.ok("forecast", "--backtest", "--format", "json", *where, *at))["all"]
    covered, brier, line = (scores[key] for key in ("coverage_95", "brier", "straight_line"))
    text = f"{covered['value']:.1%} of {covered['n']} covered; "
    text += f"Brier score {brier['value']:.3f}, line {line['value']:.3f}"
    is_ok = 0.93 <= covered["value"] <= 0.97 and brier["value"] < line["value"]
    record(f"{PROMISE}: the sample", "test_the_past_of_the_sample", text, TARGET, is_ok)
