"""`just test` runs behave and pytest at the same time, and shows a failure of either."""

import subprocess
import sys
from pathlib import Path

import pytest
from frontdoor import ROOT

FEATURE = """\
Feature: F
  Scenario: S
    Given a step
"""
STEPS = """\
from behave import given
@given("a step")
def step(context):
    {}
"""


@pytest.mark.parametrize(
    ("step", "test", "code"),
    [("pass", "pass", 0), ("assert False", "pass", 1), ("pass", "assert False", 1)],
    ids=["both pass", "behave fails", "pytest fails"],
)
def test_the_outputs_of_both_are_printed_in_order(
    tmp_path: Path, step: str, test: str, code: int
) -> None:
    (tmp_path / "features" / "steps").mkdir(parents=True)
    (tmp_path / "features" / "a.feature").write_text(FEATURE)
    (tmp_path / "features" / "steps" / "steps.py").write_text(STEPS.format(step))
    (tmp_path / "test_it.py").write_text(f"def test_it(): {test}\n")
    flags = ("-p", "no:cacheprovider", f"--basetemp={tmp_path / 'base'}")
    command = [sys.executable, str(ROOT / "tests" / "suite.py"), *flags]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    scenarios = "0 scenarios passed, 1 failed" if step != "pass" else "1 scenario passed, 0 failed"
    tests = "1 failed" if test != "pass" else "1 passed"
    assert done.returncode == code, done
    assert 0 < done.stdout.find(scenarios) < done.stdout.rfind(tests), done
