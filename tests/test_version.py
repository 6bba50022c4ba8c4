"""`--version` of every script."""

import subprocess
from pathlib import Path

import pytest
from burnbook import __version__
from frontdoor import ROOT

SCRIPTS = sorted(path.name for path in (ROOT / "bin").iterdir() if path.name[0] not in "_.")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_prints_the_version_and_creates_no_book(name: str, tmp_path: Path) -> None:
    command = [str(ROOT / "bin" / name), "--data-dir", str(tmp_path / "book"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"burnbook {__version__}\n"
    assert not (tmp_path / "book").exists()
