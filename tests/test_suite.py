"""`just test` runs behave and pytest at the same time, and shows a failure of either."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from frontdoor import ROOT
from suite import has_room, temporary_folder

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
    # Not the folder of the user, where pytest first removes what its last runs left: seconds.
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


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


def test_temporary_files_are_in_memory_where_it_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr("suite.MEMORY", tmp_path)
    monkeypatch.setattr("suite.ROOM", 1)
    with temporary_folder() as environment:
        folder = Path(environment["TMPDIR"])
        assert folder.parent == tmp_path
    assert not folder.exists()
    monkeypatch.setattr("suite.ROOM", 2**60)
    with temporary_folder() as environment:
        assert "TMPDIR" not in environment
    monkeypatch.setattr("suite.MEMORY", tmp_path / "missing")
    assert not has_room(tmp_path / "missing")


def test_a_folder_that_the_user_selects_for_temporary_files_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMPDIR", "/own")
    with temporary_folder() as environment:
        assert environment["TMPDIR"] == "/own"


def test_nothing_runs_if_lint_fails(tmp_path: Path) -> None:
    write(tmp_path, "pass", "pass")
    done = suite(tmp_path, "false")
    assert done.returncode == 1
    assert done.stdout == ""


def test_the_rest_is_stopped_if_types_fail(tmp_path: Path) -> None:
    write(tmp_path, "open('behave', 'w').close()", "__import__('time').sleep(600)")
    just = tmp_path / "just"
    just.write_text('#!/bin/sh\n[ "$1" = lint ] || exit 3\n')
    just.chmod(0o755)
    done = suite(tmp_path, str(just))
    assert done.returncode == 3
    assert done.stdout == ""
    assert not (tmp_path / "behave").exists()


@pytest.mark.parametrize("flags", [("-k", "golden"), ("-kgolden",), ("test_it.py",)])
def test_selected_tests_run_alone(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """So `BURNBOOK_REGENERATE=1 ./just test -k golden` writes golden files, whatever else fails."""
    write(tmp_path, "assert False", "open('golden', 'w').close()")
    (tmp_path / "test_it.py").rename(tmp_path / "test_golden.py")
    flags = tuple(flag.replace("test_it", "test_golden") for flag in flags)
    done = suite(tmp_path, "false", *flags, "-p", "no:cacheprovider")
    assert done.returncode == 0, done
    assert (tmp_path / "golden").exists()
