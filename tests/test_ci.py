"""`.ci/run` installs what only some tests need where it can, and runs the suite in any case."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from frontdoor import ROOT

TOOLS = ("bash", "env", "dirname", "timeout", "mktemp")
APT = 'echo "$@" >> "{log}"; exit {code}'


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("user", "present", "code", "calls", "message"),
    [
        (0, "", 0, 3, ""),
        (0, "", 100, 2, "apt could not install"),
        (0, "chromium chromedriver tmux promtool", 0, 0, ""),
        (0, "chromium tmux promtool", 0, 2, ""),
        (0, "chromium chromedriver tmux", 0, 3, ""),
        (1000, "", 0, 0, ""),
    ],
    ids=["root", "apt fails", "all present", "one is absent", "no promtool", "not root"],
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
    for name in ("dpkg-deb", "tar"):
        program(programs, name, f'echo "{name} $@" >> "{tmp_path}/unpacked"')
    for name in present.split():
        program(programs, name, "")
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    program(tmp_path, "just", 'echo "just $1"')
    done = subprocess.run(
        [str(tmp_path / ".ci" / "run")],
        env={**os.environ, "PATH": str(programs), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "just test\n"), done
    assert message in done.stderr if message else done.stderr == ""
    asked = log.read_text().splitlines() if log.exists() else []
    assert len(asked) == calls
    if asked:
        assert asked[1].endswith("chromium chromium-driver tmux")
    # The server's package is unpacked and not installed, so that no service starts.
    assert [line.split()[-2:] for line in asked[2:]] == [["download", "prometheus"]][: calls - 2]
    assert (tmp_path / "unpacked").exists() == (calls == 3)
