"""A checkpoint that is killed at any system call is finished by running it again.

A sample of the calls that change something by default; each call of every kind with
BURNBOOK_KILL=all, which takes minutes.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import killing
import pytest
from conftest import codex
from frontdoor import ROOT
from killing import CHANGES, Point, Stage

pytestmark = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))

ABOVE, BELOW = (
    b"# Mine\r\n\r\nabove \xff\r\n<!-- burnbook:begin -->",
    b"<!-- burnbook:end --> below",
)
OLD_LEDGER = (
    b"date,session_id,task,tokens_planned,tokens_actual,delta,commits,lines_added,lines_deleted,"
    b'features_added,tests_added,notes\n2025-10-08,S1,"fix, then ""ship""",1,1,0,1,1,1,1,1,"a\nb"'
)


def environment(place: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(place),
        "BURNBOOK_DATA_DIR": str(place / "book"),
        "BURNBOOK_CONFIG_DIR": str(place / "config"),
    }


def run(place: Path, *words: str, stdin: str = "") -> str:
    """Run a script of bin/, which must succeed."""
    done = subprocess.run(
        [str(ROOT / "bin" / words[0]), *words[1:]],
        env=environment(place),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done
    return done.stdout


def configure(place: Path) -> None:
    """A config of its own, and a repository with two commits."""
    (place / "config").mkdir()
    shutil.copytree(ROOT / "config" / "feeds", place / "config" / "feeds")
    (place / "config" / "windows.toml").write_text('timezone = "UTC"\n[windows.W1]\n')
    pages = f'folder = "{place}/docs/Ledgers"\nhandoff = "{place}/docs/HANDOFF.md"\n'
    (place / "config" / "ledgers.toml").write_text(pages)
    (place / "config" / "churn.toml").write_text(f'repositories = {{ app = "{place}/app" }}\n')
    git = ("git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-C", str(place / "app"))
    subprocess.run(["git", "init", "-q", str(place / "app")], check=True)
    for number in (1, 2):
        (place / "app" / "lib.py").write_text("line\n" * number)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", str(number)], check=True)


def first(place: Path) -> None:
    """Nothing is there yet: the book, the ledgers and the handoff are made."""
    configure(place)


def last(place: Path) -> None:
    """A finalized window with pages that people wrote in: a final is booked, and churn."""
    configure(place)
    run(
        place,
        "snapshot",
        "start",
        "codex",
        "--window",
        "W1",
        "--at",
        "2026-11-22T09:00",
        stdin=codex(),
    )
    run(
        place,
        "snapshot",
        "end",
        "codex",
        "--at",
        "2026-11-22T12:00",
        stdin=codex(five=20, context=90),
    )
    run(place, "checkpoint", "W1", "--at", "2026-11-22T12:01")
    run(place, "checkpoint", "W1", "--phase", "final", "--at", "2026-11-22T12:02")
    commits = ("--commit-start", "HEAD~1", "--commit-end", "HEAD")
    run(place, "finalize", "--window", "W1", "--features", "codex=2", "--outcome", "pass", *commits)
    (place / "docs" / "HANDOFF.md").write_bytes(ABOVE + b"old" + BELOW)
    (place / "docs" / "Ledgers" / "Token_Churn_Ledger.csv").write_bytes(OLD_LEDGER)


def facts(place: Path) -> Any:
    """What is in the book and on the pages, besides when it was written; every row holds."""
    run(place, "check")
    found: dict[str, Any] = {}
    for path in sorted(path for path in place.rglob("*") if path.is_file()):
        name = str(path.relative_to(place))
        if path.suffix == ".jsonl":
            rows = [json.loads(line) for line in path.read_text().splitlines()]
            ids = [row["id"] for row in rows]
            assert len(ids) == len(set(ids)), name
            found[name] = [
                {k: v for k, v in row.items() if k not in ("recorded_at", "crc")} for row in rows
            ]
        elif not name.startswith(("app/", "book/cache/", "book/.lock")):
            found[name] = path.read_bytes()
    return found


@pytest.mark.parametrize("set_up", [first, last])
def test_a_killed_checkpoint_is_finished_by_the_next(
    tmp_path: Path, set_up: Callable[[Path], None]
) -> None:
    stage = Stage(tmp_path / "place", set_up)
    command = [str(ROOT / "bin" / "checkpoint"), "W1", "--at", "2026-11-22T13:00"]
    variables = environment(stage.place)
    found = killing.calls(stage, command, variables)
    points: list[Point] = found
    if os.environ.get("BURNBOOK_KILL") != "all":
        points = killing.wanted([point for point in found if point.call in CHANGES], 16)
    assert {"write", "fsync", "rename", "flock"} <= {point.call for point in found}

    stage.reset()
    run(stage.place, "checkpoint", *command[1:])
    never_killed = facts(stage.place)
    if set_up is last:
        page = never_killed["docs/HANDOFF.md"]
        assert page.startswith(ABOVE)
        assert page.endswith(BELOW)
        assert never_killed["docs/Ledgers/Token_Churn_Ledger.csv"].startswith(OLD_LEDGER + b"\n")
        assert len(never_killed["book/churn.jsonl"]) == 2
    killed = 0
    for report in killing.kill(stage, command, variables, facts, points):
        assert report.facts == never_killed, report.point
        killed += report.killed
    assert killed >= 0.9 * len(points)
    print(f"{set_up.__name__}: killed at {killed} of {len(points)} calls")
