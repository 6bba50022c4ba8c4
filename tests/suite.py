"""Run lint, then types and behave beside pytest: print the output of pytest last.

    suite.py JUST [FLAG ...]

Flags go to pytest. Those that select tests (`-k`, `-m`, a file) run these alone. The exit code is 0
only if everything succeeds. JUST runs the recipes. Nothing runs if lint fails, and the rest is
stopped if types fail.

pytest runs in two processes, and each file of tests in one of them, so that what a file sets up is
set up once. The pipe holds what pytest prints meanwhile: one line for 72 tests.

Temporary files are in memory where it has room, because the tests sync thousands of files. With a
busy disk, 62 tests that book took 207 s on it, and 122 s in memory.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import browser

BEHAVE = ("behave", "--format", "progress2", "--no-snippets", "--no-timings", "features")
PYTEST = ("pytest", "--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder")
MEMORY, MEMINFO = Path("/dev/shm"), Path("/proc/meminfo")
ROOM = 6 * 2**30  # bytes: twice what the temporary files of a run take


def main(just: str, flags: Sequence[str]) -> int:
    """Run everything, or the tests that the flags select; the code is that of the first failure."""
    python = (sys.executable, "-m")
    if selects(flags):
        return subprocess.run([*python, *PYTEST, *flags], check=False).returncode
    if absent := browser.missing():
        print(f"tests in a browser are skipped: {absent}", file=sys.stderr, flush=True)
    if code := subprocess.run([just, "lint"], check=False).returncode:
        return code
    with (
        temporary_folder() as environment,
        subprocess.Popen(
            [*python, *PYTEST, *flags], env=environment, stdout=subprocess.PIPE
        ) as tests,
    ):
        if code := subprocess.run([just, "types"], check=False).returncode:
            tests.terminate()
            tests.communicate()
            return code
        scenarios = subprocess.run([*python, *BEHAVE], env=environment, check=False)
        assert tests.stdout is not None
        while output := tests.stdout.read1():
            sys.stdout.buffer.write(output)
            sys.stdout.buffer.flush()
    return scenarios.returncode or tests.returncode


@contextmanager
def temporary_folder() -> Iterator[dict[str, str]]:
    """The environment of the tests, with a folder in memory as TMPDIR where there is room.

    The folder is removed at the end. A TMPDIR that is set already is kept.
    """
    if "TMPDIR" in os.environ or not has_room(MEMORY):
        yield dict(os.environ)
        return
    # A short name, because the path of a socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="bb", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield {**os.environ, "TMPDIR": folder}


def has_room(folder: Path) -> bool:
    """Whether programs can run from a folder in memory, and it and the memory have ROOM free."""
    if not os.access(folder, os.W_OK) or not MEMINFO.exists():
        return False
    system = os.statvfs(folder)
    [available] = re.findall(r"^MemAvailable: +(\d+) kB$", MEMINFO.read_text(), re.MULTILINE)
    free = min(system.f_bavail * system.f_frsize, int(available) * 1024)
    return free >= ROOM and not system.f_flag & os.ST_NOEXEC


def selects(flags: Sequence[str]) -> bool:
    """Whether flags of pytest select tests."""
    is_file = (Path(flag.partition("::")[0]).exists() for flag in flags if flag[:1] != "-")
    return any(flag.startswith(("-k", "-m")) for flag in flags) or any(is_file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
