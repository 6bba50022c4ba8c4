"""A new pane, block, tab, capture kind, schedule format, exporter and feed is one new file each.

All of them are added to a scratch clone, and the tests and features of these families run there. So
they fail when one of them lists the members of a family. The soak runs the whole suite there.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
from frontdoor import ROOT
from plugins import GOLDEN, MEMBERS
from torture.figures import part

TESTS = ["panes", "schedule", "config", "docs_telemetry", "docs_agent_logs", "house"]
FEATURES = [
    *("config/plugins", "preview/blocks", "schedule/mistakes"),
    *("snapshot/no_pane", "ingest/sources_missing", "usage/filters"),
]
# Without tests of single providers' panes and of another tree: new members change nothing there.
UNCHANGED = "abc or not (pane_cut or pane_copied or pane_without or pane_reads or wrong_import)"
# With the bytecode, which is valid in a copy too: compiling everything takes as long as the tests.
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", ".hypothesis")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with a new member in each family."""
    folder = tmp_path_factory.mktemp("plugins") / "clone"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT, symlinks=True)
    shutil.rmtree(folder / "data" / "live", ignore_errors=True)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    for name, text in {**MEMBERS, **GOLDEN}.items():
        path = folder / name
        assert not path.exists()
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    run(folder, str(folder / ".venv/bin/python"), "docs/generate.py", "providers", "reference")
    return folder


def run(clone: Path, *words: str, stdin: str = "") -> str:
    """Run a command of the clone that must succeed, and return its output."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(clone.parent)}
    done = subprocess.run(
        words, cwd=clone, env=environment, input=stdin, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_each_new_member_works(clone: Path) -> None:
    config = clone.parent / "config"
    shutil.copytree(clone / "config", config)
    (config / "agents.toml").write_text('[agents.main]\nprovider = "abc"\ncapture = "abc"\n')
    flags = ("--data-dir", str(clone.parent / "book"), "--config-dir", str(config))
    pane = run(clone, "bin/snapshot", "start", "abc", *flags, stdin="abc: 12%")
    captured = run(clone, "bin/snapshot", "end", "abc", "--capture", *flags)
    assert "5h 12%" in pane
    assert "5h 12%" in captured
    assert "abc: 1" in run(clone, "bin/preview", "--block", "abc", *flags)
    assert "abc: " in run(clone, "bin/watch", "--tab", "abc", *flags)
    assert "reset" in run(clone, "bin/schedule", "--as", "abc", *flags)
    assert "abc: main here" in run(clone, "bin/export", "abc", "here", *flags)
    assert "The name of the book's agent" in run(clone, "bin/export", *flags)
    run(clone, "bin/report", "--out", "report.html", *flags)
    assert '"name":"abc","data":"abc"' in (clone / "report.html").read_text("utf-8")
    line = '{"time": "2026-11-22T10:00:00Z", "id": "r1", "tokens": {"in": 5, "out": 6}}\n'
    assert "accepted 1" in run(clone, "bin/ingest", "abc", *flags, stdin=line)


def test_no_other_test_lists_the_members(clone: Path) -> None:
    tests = ["tests"] if part() else [f"tests/test_{name}.py" for name in TESTS]
    features = ["features"] if part() else [f"features/{name}.feature" for name in FEATURES]
    python = str(clone / ".venv" / "dev" / "bin" / "python")
    selected = [] if part() else ["-k", UNCHANGED]
    flags = ("-p", "no:cacheprovider", f"--ignore={__file__}", *selected)
    run(clone, python, "-m", "pytest", *flags, *tests)
    run(clone, python, "-m", "behave", "--format", "progress2", "--no-snippets", *features)
