"""No system call of `check` changes anything in the book or beside its ledgers."""

import re
import subprocess
from pathlib import Path

import killing
import pytest
from conftest import Shell
from frontdoor import ROOT
from test_check import full as full

pytestmark = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))

_MAKES = re.compile(r"O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)")
_CHANGES = killing.CHANGES | {
    *("pwritev", "pwritev2", "fallocate", "utimensat", "utime", "utimes", "futimesat", "mknod"),
    *("fchown", "chown", "fchownat", "lchown", "setxattr", "fsetxattr", "copy_file_range"),
    *("sendfile", "splice", "msync", "mknodat", "creat"),
}


def changing(shell: Shell, name: str, log: Path) -> list[str]:
    """The calls of a script that would change something below the place of a shell."""
    # -y shows the path of each descriptor, to know where a write goes.
    command = ["strace", "-f", "-y", "-s", "4096", "-o", str(log), str(ROOT / "bin" / name)]
    subprocess.run(command, env=shell.environment, capture_output=True, check=False)
    folder = str(shell.book.parent)
    lines = [line for line in log.read_text(errors="replace").splitlines() if folder in line]
    assert any("snapshots.jsonl" in line for line in lines)
    return [line for line in lines if _changes(line, folder)]


def _changes(line: str, folder: str) -> bool:
    call = re.match(r"(?:\d+ +)?(\w+)\(([^,]*)", line)
    if call is None:
        return False
    name, first = call.groups()
    if name in ("openat", "open", "openat2"):
        return _MAKES.search(line) is not None
    if name == "mmap":
        return "MAP_SHARED" in line and "PROT_WRITE" in line
    # Output may contain the path; the target of a write is the first word.
    return name in _CHANGES and folder in (first if "write" in name else line)


def test_no_call_of_check_changes_anything(full: Shell, tmp_path: Path) -> None:
    log = tmp_path.parent / f"{tmp_path.name}.strace"
    assert changing(full, "check", log) == []
    # The same eyes see what a repair does.
    (full.book / "state" / "main" / "codex.json").unlink()
    assert any("rename" in line for line in changing(full, "repair", log))
    for path in full.book.rglob("*"):
        if path.is_file() and path.name != ".lock":
            path.write_bytes(path.read_bytes()[:-3] + b"??")
    assert changing(full, "check", log) == []
