"""Whatever bytes come: no traceback, no hang, no more than 200 MB. See tests/fuzz/README.md."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from frontdoor import ROOT
from torture.figures import long, part, record, skip

DRIVE = ROOT / "tests" / "fuzz" / "drive.py"
TARGETS = sorted(path.stem for path in (DRIVE.parent / "targets").glob("*.py"))
ATHERIS = ROOT / ".venv" / "fuzz" / "bin" / "python"
MEGABYTES = 200
SHORT = {"agent_logs": 60, "state": 60}  # each case of these makes a book
LONGEST = ("agent_logs", "config", "panes", "state")


Told = dict[str, Any]


def drive(python: str, *words: str, timeout: float) -> Told:
    """The report of the driver; `fault` is the error that it found."""
    done = subprocess.run(
        [python, str(DRIVE), *words], capture_output=True, text=True, timeout=timeout, check=False
    )
    if done.returncode:
        return {"cases": 0, "fault": done.stderr[-4000:] or f"it ended with {done.returncode}"}
    figures: Told = json.loads(done.stdout.splitlines()[-1])
    return figures


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    """Two processes at a time."""
    # On a fresh clone hypothesis first makes its tables of characters: 200 MB, and not burnbook's.
    drive(sys.executable, "handoff", "--cases", "1", timeout=300)
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.fixture(scope="module")
def drawn(pool: ThreadPoolExecutor, request: pytest.FixtureRequest) -> dict[str, "Future[Told]"]:
    """The run with hypothesis of each target that is asked for, all of them begun."""
    return {
        target: pool.submit(drive, sys.executable, target, "--cases", cases(target), timeout=3600)
        for target in asked(request, "test_no_input_breaks_it")
    }


@pytest.fixture(scope="module")
def sought(pool: ThreadPoolExecutor, request: pytest.FixtureRequest) -> dict[str, "Future[Told]"]:
    """The same with atheris, one after another on either core."""
    words = ("--seconds", str(long(5, 60)))
    return {
        target: pool.submit(drive, str(ATHERIS), target, *words, timeout=long(5, 60) + 300)
        for target in asked(request, "test_atheris_finds_no_input_that_breaks_it")
    }


def asked(request: pytest.FixtureRequest, test: str) -> list[str]:
    """The targets for which this run has a test, those that take longest first."""
    here = {item.name for item in request.session.items}
    named = [target for target in TARGETS if f"{test}[{target}]" in here]
    return sorted(named, key=lambda target: target not in LONGEST)


def cases(target: str) -> str:
    """How many of a target."""
    return str(long(SHORT.get(target, 150), 10_000))


@pytest.mark.parametrize("target", sorted(TARGETS, key=lambda target: target not in LONGEST))
def test_no_input_breaks_it(target: str, drawn: dict[str, "Future[Told]"]) -> None:
    output = drawn[target].result()
    print(output.get("fault", ""))
    fault = "a fault" if "fault" in output else "no fault"
    slowest, megabytes = output.get("slowest", 0), output.get("mb", 0)
    record(
        f"No input of {target} breaks, hangs or swells a command",
        "test_no_input_breaks_it",
        f"{fault} in {output['cases']:,} cases of hypothesis, the slowest {slowest} s of processor "
        f"time, at most {megabytes:.0f} MB",
        f"no fault, 1 s, {MEGABYTES} MB",
        output["cases"] >= int(cases(target)) and slowest < 1 and megabytes < MEGABYTES,
    )


@pytest.mark.parametrize("target", sorted(TARGETS, key=lambda target: target not in LONGEST))
def test_atheris_finds_no_input_that_breaks_it(target: str, request: pytest.FixtureRequest) -> None:
    promise = f"No input of {target} that reaches new code breaks, hangs or swells a command"
    test, wanted = "test_atheris_finds_no_input_that_breaks_it", f"no fault, 1 s, {MEGABYTES} MB"
    if not part():
        pytest.skip("60 s each: only in `just soak`")
    if not ATHERIS.exists():
        skip(promise, test, wanted, "atheris is not there; `just fuzz-setup` installs it")
    output = request.getfixturevalue("sought")[target].result()
    print(output.get("fault", ""))
    fault = "a fault" if "fault" in output else "no fault"
    slowest, megabytes = output.get("slowest", 0), output.get("mb", 0)
    record(
        promise,
        test,
        f"{fault} in {output['cases']:,} cases of atheris in {long(5, 60)} s, the slowest "
        f"{slowest} s of processor time, at most {megabytes:.0f} MB",
        wanted,
        output["cases"] > 0 and slowest < 1 and megabytes < MEGABYTES,
    )


def test_the_driver_reports_failures(tmp_path: Path) -> None:
    """A target that fails on some input, one that hangs, and one that is right."""
    # A shorter limit, because hypothesis runs the one that hangs again and again.
    driver, limit = DRIVE.read_text(), "\nSECONDS = 1.0\n"
    assert limit in driver
    for body, code in (
        ("assert b'xyz' not in data", 1),
        ("while b'xyz' in data: pass", 1),
        ("assert isinstance(data, bytes)", 0),
    ):
        folder = tmp_path / str(code) / body[:3]
        (folder / "targets").mkdir(parents=True)
        text = f"SEEDS = [b'abc']\nWORDS = [b'xyz']\ndef run_one(data):\n    {body}\n"
        (folder / "targets" / "made.py").write_text(text)
        (folder / "drive.py").write_text(driver.replace(limit, "\nSECONDS = 0.1\n"))
        command = [sys.executable, str(folder / "drive.py"), "made", "--cases", "300"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == code, done
