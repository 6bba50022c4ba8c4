"""Evidence and bundles that are killed at any system call are finished by running them again.

A sample of the calls that change something by default; each of them with BURNBOOK_KILL=all.
"""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import killing
import pytest
from conftest import codex
from frontdoor import ROOT
from killing import CHANGES, Stage

pytestmark = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))

AT = ("--at", "2026-11-22T12:00Z")


def environment(place: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(place),
        "BURNBOOK_DATA_DIR": str(place / "book"),
        "BURNBOOK_CONFIG_DIR": str(place / "config"),
    }


def run(place: Path, *words: str, stdin: str = "") -> None:
    """Run a script of bin/, which must succeed."""
    command = [str(ROOT / "bin" / words[0]), *words[1:]]
    how: Any = {"env": environment(place), "capture_output": True, "text": True}
    done = subprocess.run(command, input=stdin, check=False, **how)
    assert done.returncode == 0, done


def evidence(place: Path, result: str) -> list[str]:
    words = ("--window", "W1", "--capability", "c", "--run", "r", "--runner", "x")
    return ["evidence", *words, "--result", result, "--artifact", str(place / "report.xml"), *AT]


def booked(place: Path) -> None:
    """A window with evidence, which a person's last line without an end follows in the ledger."""
    (place / "config").mkdir()
    (place / "config" / "windows.toml").write_text('timezone = "UTC"\n[windows.W1]\n')
    pages = f'folder = "{place}/Ledgers"\nhandoff = "{place}/HANDOFF.md"\n'
    (place / "config" / "ledgers.toml").write_text(pages)
    (place / "report.xml").write_text("<testsuite/>")
    start = ("snapshot", "start", "codex", "--window", "W1", "--at", "2026-11-22T09:00Z")
    run(place, *start, stdin=codex(11))
    run(place, *evidence(place, "pass"))
    with (place / "Ledgers" / "Acceptance_Evidence.csv").open("a") as ledger:
        ledger.write("W0,by hand,,,,,,")


def bundled(place: Path) -> None:
    """A bundle is there, and the book has moved on."""
    booked(place)
    run(place, "bundle", "W1")
    run(place, "snapshot", "end", "codex", *AT, stdin=codex(51))


def told(place: Path) -> Any:
    """Journal, ledger and bundles, without what names the moment of writing."""
    lines = (place / "book" / "evidence.jsonl").read_text().splitlines()
    rows = [{**json.loads(line), "recorded_at": None, "crc": None} for line in lines]
    bundles = place / "Downloads"
    files = {
        str(path.relative_to(place)): path.read_bytes() if path.is_file() else None
        for root in (bundles, place / "Ledgers")
        for path in sorted(root.rglob("*"))
    }
    return rows, files


@pytest.mark.parametrize(
    ("set_up", "command"), [(booked, None), (bundled, ("bundle", "W1"))], ids=["evidence", "bundle"]
)
def test_killed_anywhere_it_is_finished_by_running_it_again(
    tmp_path: Path, set_up: Any, command: Sequence[str] | None
) -> None:
    stage = Stage(tmp_path / "place", set_up)
    name, *words = command or evidence(stage.place, "fail")
    line, env = [str(ROOT / "bin" / name), *words], environment(stage.place)
    points = [one for one in killing.calls(stage, line, env) if one.call in CHANGES]
    wanted = told(stage.place)
    assert len(points) > 5
    killed = 0
    for report in killing.kill(stage, line, env, told, killing.wanted(points, 12)):
        killed += report.killed
        assert report.facts == wanted, report.point
    assert killed > 5
