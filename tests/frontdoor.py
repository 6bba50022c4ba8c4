"""A copy of the front door (wrapper, recipes, launcher) whose scripts report how they were run.

Each command is replaced by TELL, which prints its argv, folder, stdin, pass and whether the recipe
lock is held as one line of JSON, and obeys flags such as `--exit 65`. So these tests cover the way
to the commands, not the commands.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BASE = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
VERBS = sorted(path.name for path in (ROOT / "bin").iterdir() if path.name[0] not in "_.")
HOSTILE = [
    "",
    " ",
    "two words",
    "a\nb",
    "'",
    '"',
    "$(touch bad)",
    "`id`",
    "*",
    "\\",
    "a=b",
    "--",
    "é",
]

# The rooms that bin/_book.py needs to choose the book and the agent.
CHOOSING = ("base", "config")

TELL = '''"""Say how this was run."""

import _lib
import argparse, fcntl, json, os, subprocess, sys

def held():
    name = ".recipe.%s.lock" % os.environ.get("AGENT_ID", "main")
    book = os.environ.get("BURNBOOK_DATA_DIR") or os.path.join(_lib.ROOT, "data", "live")
    name = os.path.join(book, name)
    if not os.path.exists(name):
        return False
    with open(name) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False

half = os.environ.get("BURNBOOK_PASS", "").partition(" ")[0] or None
print(json.dumps({
    "argv": sys.argv[1:], "folder": os.getcwd(), "stdin": sys.stdin.read(), "path": sys.path,
    "held": held(), "pass": half, "name": sys.argv[0],
    "found": open(3).read() if half == "book" else None,
}), flush=True)
if half == "capture":
    os.write(3, b"pane")
if "--nest" in sys.argv:
    subprocess.run([os.path.join(_lib.ROOT, "just"), "end", "nested"], check=True)
if "--background" in sys.argv and half != "capture":
    # With every descriptor that this script has, as a shell's `&` would leave it.
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.Popen(["sleep", "20"], close_fds=False, **quiet)
if "--exit" in sys.argv:
    sys.exit(int(sys.argv[sys.argv.index("--exit") + 1]))
'''


class House:
    """A project folder at `root`; with `ready`, it has the .venv of this one."""

    def __init__(self, root: Path, *, ready: bool) -> None:
        self.root = root
        (root / "bin").mkdir(parents=True)
        lib = root / "lib" / "burnbook"
        lib.mkdir(parents=True)
        shutil.copy2(ROOT / "lib" / "burnbook" / "__init__.py", lib)
        for room in CHOOSING:
            shutil.copytree(ROOT / "lib" / "burnbook" / room, lib / room)
        shebang = (ROOT / "bin" / "preview").read_text().splitlines()[0]
        for verb in VERBS:
            (root / "bin" / verb).write_text(f"{shebang}\n{TELL}")
            (root / "bin" / verb).chmod(0o755)
        for name in ("_book.py", "_job", "_lib.py", "_locked", "_python", "_setup.py"):
            shutil.copy2(ROOT / "bin" / name, root / "bin")
        for name in ("just", "justfile", *(path.name for path in ROOT.glob("requirements*.lock"))):
            shutil.copy2(ROOT / name, root)
        shutil.copytree(ROOT / "recipes", root / "recipes")
        if ready:
            # A copy of the extras takes 700 MB. They are linked: a set-up replaces a link, and
            # commands only read the packages.
            extras = [path.parent for path in ROOT.glob(".venv/*/requirements-*.lock")]
            tools = ("dev", "uv", "bench", "fuzz", "pip", "setuptools")
            leave_out = shutil.ignore_patterns(*tools, *(path.name for path in extras))
            shutil.copytree(ROOT / ".venv", root / ".venv", symlinks=True, ignore=leave_out)
            for extra in extras:
                if extra.name not in tools:
                    (root / ".venv" / extra.name).symlink_to(extra)

    @classmethod
    def existing(cls, root: Path) -> "House":
        """The house that is at `root` already."""
        house = cls.__new__(cls)
        house.root = root
        return house

    def environment(self, **extra: str) -> dict[str, str]:
        """Return what cron gives: a short PATH and an empty HOME; and how pip finds its index."""
        home, programs = self.root / "home", self.root / "programs"
        home.mkdir(exist_ok=True)
        if not programs.exists():
            programs.mkdir()
            (programs / "python3").symlink_to(BASE)
        kept = {k: v for k, v in os.environ.items() if k.lower().startswith("pip_")}
        kept |= {k: v for k, v in os.environ.items() if k.lower().endswith(("_proxy", "cert_file"))}
        return {**kept, "PATH": f"{programs}:/usr/bin:/bin", "HOME": str(home), **extra}

    def start(
        self, *command: str, cwd: Path | None = None, **extra: str
    ) -> "subprocess.Popen[str]":
        """Start a command, by default `just`, in its own process group."""
        return subprocess.Popen(
            [str(self.root / command[0]), *command[1:]],
            cwd=cwd or self.root,
            env=self.environment(**extra),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(
        self, *command: str, stdin: str = "", cwd: Path | None = None, **extra: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command of the project to its end."""
        with self.start(*command, cwd=cwd, **extra) as process:
            out, err = process.communicate(stdin, timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def calls(self, *command: str, **how: Any) -> list[dict[str, Any]]:
        """Run a command that must succeed silently; return what each script received."""
        done = self.run(*command, **how)
        assert (done.returncode, done.stderr) == (0, ""), done
        return [json.loads(line) for line in done.stdout.splitlines()]

    def program(self, name: str, text: str) -> Path:
        """Put a program of this text first on PATH."""
        self.environment()
        path = self.root / "programs" / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path
