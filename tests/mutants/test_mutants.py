"""Small changes of the modules that keep rows, times and deltas: a test fails for each of them.

`just mutants` runs it. Changes that no test can detect are in survivors.toml, with the reason.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from frontdoor import ROOT
from torture.figures import part, record, skip

# The modules, and tests of each that are quick enough to run for every change of it.
_J = "tests/test_journal.py"
MODULES = {
    "book/journal.py": (
        "tests/test_journal_edges.py",
        _J,
        f"--deselect={_J}::test_many_writers_lose_and_tear_nothing",
    ),
    "book/lock.py": (
        "tests/test_locking.py",
        f"{_J}::test_a_busy_book_is_named_with_its_holder",
        f"{_J}::test_the_lock_ends_with_its_holder",
    ),
    "base/files.py": (
        "tests/test_files.py",
        f"{_J}::test_links_pipes_and_folders_are_not_opened",
        f"{_J}::test_a_file_is_replaced_whole_or_not_at_all",
        "tests/test_capture.py::TestOwned",
    ),
    "base/rooted_path.py": ("tests/test_rooted.py", "tests/test_files.py", _J),
    "book/codec.py": ("tests/test_records.py", "tests/test_record_lines.py"),
    "times/clock.py": ("tests/test_clock.py",),
    "windows/resets.py": ("tests/test_resets.py", "tests/test_resets_edges.py"),
    "meters/deltas.py": ("tests/test_meters.py", "tests/test_account_points.py"),
}
HERE = Path(__file__).parent
PROMISE = "Each small change of the code that keeps rows, times and deltas fails a test"
TARGET = "0 unexplained"


class Survivor(NamedTuple):
    """A change with which every test passes. The module is named without its folder, which moves.

    Spaces do not count.
    """

    module: str
    function: str
    line: str
    instead: str


def survivor(module: str, function: str, line: str, instead: str) -> Survivor:
    return Survivor(module, function, "".join(line.split()), "".join(instead.split()))


def explained() -> dict[Survivor, str]:
    """The reason by survivor."""
    listed = tomllib.loads((HERE / "survivors.toml").read_text("utf-8"))["survivor"]
    return {
        survivor(**{k: v for k, v in entry.items() if k != "reason"}): entry["reason"]
        for entry in listed
    }


def test_each_survivor_has_a_reason() -> None:
    assert all(reason.strip().endswith(".") for reason in explained().values())


@pytest.mark.skipif(not part(), reason="in just mutants and just soak alone: minutes")
def test_every_mutant_fails_a_test_or_is_explained() -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = ROOT / ".venv" / "mutants" / "lib" / version / "site-packages"
    name = "test_every_mutant_fails_a_test_or_is_explained"
    if not packages.is_dir():
        skip(PROMISE, name, TARGET, "cosmic-ray is not installed; just mutants installs it")
    survivors, count = set[Survivor](), 0
    for module, tests in MODULES.items():
        command = [sys.executable, str(HERE / "drive.py"), str(packages), module, *tests]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
        seen = json.loads(done.stdout)
        count += seen["mutants"]
        survivors |= {survivor(Path(module).stem, *entry) for entry in seen["survivors"]}
    known = set(explained())
    for what, unexpected in (
        ("unexplained", survivors - known),
        ("no longer there", known - survivors),
    ):
        print(*(f"{what}: {entry}" for entry in sorted(unexpected)), sep="\n")
    wrong = len(survivors ^ known)
    record(
        PROMISE,
        name,
        f"{len(survivors - known)} unexplained and {len(survivors & known)} explained survivors of "
        f"{count:,} changes in {len(MODULES)} modules; {len(known - survivors)} explained and gone",
        TARGET,
        not wrong,
    )
