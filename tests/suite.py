"""Run lint and types, then behave and pytest at the same time: print the output of behave first.

    suite.py JUST [FLAG ...]

Flags go to pytest. Those that select tests (`-k`, `-m`, a file) run these alone. The exit code is 0
only if everything succeeds. JUST runs the recipes.

pytest runs in two processes, and each file of tests in one of them, so that what a file sets up is
set up once. The pipe holds what pytest prints while behave runs: one line for 72 tests.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import browser

CHECKS = ("lint", "types")
BEHAVE = ("behave", "--format", "progress2", "--no-snippets", "--no-timings", "features")
PYTEST = ("pytest", "--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder")


def main(just: str, flags: Sequence[str]) -> int:
    """Run everything, or the tests that the flags select; the code is that of the first failure."""
    python = (sys.executable, "-m")
    if selects(flags):
        return subprocess.run([*python, *PYTEST, *flags], check=False).returncode
    if absent := browser.missing():
        print(f"tests in a browser are skipped: {absent}", file=sys.stderr, flush=True)
    for check in CHECKS:
        if code := subprocess.run([just, check], check=False).returncode:
            return code
    with subprocess.Popen([*python, *PYTEST, *flags], stdout=subprocess.PIPE) as tests:
        scenarios = subprocess.run([*python, *BEHAVE], check=False)
        assert tests.stdout is not None
        while output := tests.stdout.read1():
            sys.stdout.buffer.write(output)
            sys.stdout.buffer.flush()
    return scenarios.returncode or tests.returncode


def selects(flags: Sequence[str]) -> bool:
    """Whether flags of pytest select tests."""
    is_file = (Path(flag.partition("::")[0]).exists() for flag in flags if flag[:1] != "-")
    return any(flag.startswith(("-k", "-m")) for flag in flags) or any(is_file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
