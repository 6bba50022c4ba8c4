"""Run behave and pytest at the same time: print the output of behave, then that of pytest.

Flags go to pytest. The exit code is 0 only if both succeed.

pytest runs in two processes, and each file of tests in one of them, so that what a file sets up is
set up once. The pipe holds what pytest prints while behave runs: one line for 72 tests.
"""

import subprocess
import sys
from collections.abc import Sequence

BEHAVE = ("behave", "--format", "progress2", "--no-snippets", "--no-timings", "features")
PYTEST = ("pytest", "--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder")


def main(flags: Sequence[str]) -> int:
    """Run both suites to their ends; the code is that of the first that failed."""
    python = (sys.executable, "-m")
    with subprocess.Popen([*python, *PYTEST, *flags], stdout=subprocess.PIPE) as tests:
        scenarios = subprocess.run([*python, *BEHAVE], check=False)
        assert tests.stdout is not None
        while output := tests.stdout.read1():
            sys.stdout.buffer.write(output)
            sys.stdout.buffer.flush()
    return scenarios.returncode or tests.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
