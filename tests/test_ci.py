"""`.ci/run` installs a browser and tmux where it can, and runs the suite in any case."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from frontdoor import ROOT

TOOLS = ("bash", "env", "dirname", "timeout")
APT = 'echo "$@" >> "{log}"; exit {code}'


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("user", "present", "code", "calls", "message"),
    [
        (0, "", 0, 2, ""),
        (0, "", 100, 2, "apt could not install"),
        (0, "chromium chromedriver tmux", 0, 0, ""),
        (0, "chromium tmux", 0, 2, ""),
        (1000, "", 0, 0, ""),
    ],
    ids=["root", "apt fails", "all present", "one is absent", "not root"],
)
def test_apt_is_asked_for_what_is_absent(
    tmp_path: Path, user: int, present: str, code: int, calls: int, message: str
) -> None:
    programs, log = tmp_path / "bin", tmp_path / "apt.log"
    programs.mkdir()
    for name in TOOLS:
        (programs / name).symlink_to(str(shutil.which(name)))
    program(programs, "id", f"echo {user}")
    program(programs, "apt-get", APT.format(log=log, code=code))
    for name in present.split():
        program(programs, name, "")
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    program(tmp_path, "just", 'echo "just $1"')
    done = subprocess.run(
        [str(tmp_path / ".ci" / "run")],
        env={**os.environ, "PATH": str(programs)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "just test\n"), done
    assert message in done.stderr if message else done.stderr == ""
    asked = log.read_text().splitlines() if log.exists() else []
    assert len(asked) == calls
    if asked:
        assert asked[-1].endswith("chromium chromium-driver tmux")
