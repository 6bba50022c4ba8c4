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


def write(folder: Path, step: str, test: str) -> None:
    """A feature and a test."""
    (folder / "features" / "steps").mkdir(parents=True)
    (folder / "features" / "a.feature").write_text(FEATURE)
    (folder / "features" / "steps" / "steps.py").write_text(STEPS.format(step))
    (folder / "test_it.py").write_text(f"def test_it(): {test}\n")


def suite(folder: Path, just: str, *flags: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "tests" / "suite.py"), just, *flags]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("step", "test", "code"),
    [("pass", "pass", 0), ("assert False", "pass", 1), ("pass", "assert False", 1)],
    ids=["both pass", "behave fails", "pytest fails"],
)
def test_the_outputs_of_both_are_printed_in_order(
    tmp_path: Path, step: str, test: str, code: int
) -> None:
    write(tmp_path, step, test)
    flags = ("-p", "no:cacheprovider", f"--basetemp={tmp_path / 'base'}")
    done = suite(tmp_path, "true", *flags)
    scenarios = "0 scenarios passed, 1 failed" if step != "pass" else "1 scenario passed, 0 failed"
    tests = "1 failed" if test != "pass" else "1 passed"
    assert done.returncode == code, done
    assert 0 < done.stdout.find(scenarios) < done.stdout.rfind(tests), done


def test_nothing_runs_if_lint_fails(tmp_path: Path) -> None:
    write(tmp_path, "pass", "pass")
    done = suite(tmp_path, "false")
    assert done.returncode == 1
    assert done.stdout == ""


@pytest.mark.parametrize("flags", [("-k", "golden"), ("-kgolden",), ("test_it.py",)])
def test_selected_tests_run_alone(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """So `BURNBOOK_REGENERATE=1 ./just test -k golden` writes golden files, whatever else fails."""
    write(tmp_path, "assert False", "open('golden', 'w').close()")
    (tmp_path / "test_it.py").rename(tmp_path / "test_golden.py")
    flags = tuple(flag.replace("test_it", "test_golden") for flag in flags)
    done = suite(tmp_path, "false", *flags, "-p", "no:cacheprovider")
    assert done.returncode == 0, done
    assert (tmp_path / "golden").exists()
