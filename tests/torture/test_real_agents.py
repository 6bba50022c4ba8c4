"""Real agents, driven against a mock of their APIs: burnbook counts what the mock gave."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from frontdoor import ROOT

from torture.figures import part, record, skip

PROMISE = "burnbook counts exactly what real agents used"
TARGET = "exact for each agent that can be driven"


def test_real_agents_are_counted_exactly() -> None:
    name = "test_real_agents_are_counted_exactly"
    if part() < 1:
        pytest.skip("it installs a dozen agents: only in `just soak`")
    if not shutil.which("npm"):
        skip(PROMISE, name, TARGET, "npm is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "real_agents"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "benchmarks")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 69:
        skip(PROMISE, name, TARGET, done.stderr.strip())
    text = " ".join((ROOT / "docs" / "measured_agents.md").read_text("utf-8").split())
    summary = re.search(r"exact for \d+ of \d+ agents", text)
    assert summary, done.stderr
    record(PROMISE, name, f"{summary[0]}; see measured_agents.md", TARGET, done.returncode == 0)
