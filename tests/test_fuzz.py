"""Whatever bytes come: no traceback, no hang, no more than 200 MB. See tests/fuzz/README.md."""

import json
import subprocess
import sys
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


def drive(python: str, *words: str, timeout: float) -> dict[str, Any]:
    """What a run of the driver told."""
    done = subprocess.run(
        [python, str(DRIVE), *words], capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


@pytest.mark.parametrize("target", TARGETS)
def test_no_input_breaks_it(target: str) -> None:
    cases = long(SHORT.get(target, 150), 10_000)
    told = drive(sys.executable, target, "--cases", str(cases), timeout=3600)
    assert told["cases"] >= cases
    record(
        f"no input of {target} breaks, hangs or swells a command",
        "tests/test_fuzz.py",
        f"{told['cases']:,} cases, the slowest {told['slowest']} s, {told['mb']} MB",
        f"no fault, 1 s, {MEGABYTES} MB",
        told["mb"] < MEGABYTES,
    )


@pytest.mark.parametrize("target", TARGETS)
def test_atheris_finds_no_input_that_breaks_it(target: str) -> None:
    promise = f"no input of {target} that reaches new code breaks a command"
    test, target_figure = "tests/test_fuzz.py", "no fault in 60 s"
    if not part():
        pytest.skip("60 s each: only in `just soak`")
    if not ATHERIS.exists():
        skip(promise, test, target_figure, "atheris is not there; `just fuzz-setup` installs it")
    seconds = long(5, 60)
    told = drive(str(ATHERIS), target, "--seconds", str(seconds), timeout=seconds + 300)
    figure = f"{told['cases']:,} cases in {seconds} s, the slowest {told['slowest']} s"
    record(promise, test, figure, target_figure, told["cases"] > 0)


def test_the_driver_finds_what_is_wrong(tmp_path: Path) -> None:
    """A target that fails on some input, one that hangs, and one that is right."""
    for body, code in (
        ("assert b'xyz' not in data", 1),
        ("while b'xyz' in data: pass", 1),
        ("assert isinstance(data, bytes)", 0),
    ):
        folder = tmp_path / str(code) / body[:3]
        (folder / "targets").mkdir(parents=True)
        text = f"SEEDS = [b'abc']\nWORDS = [b'xyz']\ndef one(data):\n    {body}\n"
        (folder / "targets" / "made.py").write_text(text)
        (folder / "drive.py").write_text(DRIVE.read_text())
        command = [sys.executable, str(folder / "drive.py"), "made", "--cases", "300"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == code, done
