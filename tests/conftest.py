"""A user at a shell: real scripts, a private book and config, a clean environment."""

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import warm
from burnbook.book import codec
from burnbook.rows.meters import Anomaly
from torture.figures import part

ROOT = Path(__file__).resolve().parent.parent

# No limit on the time of an example, because a busy machine would exceed it. The suite draws the
# same examples in every run; `just soak` draws new ones.
hypothesis.settings.register_profile(
    "burnbook",
    deadline=None,
    derandomize=not part(),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("burnbook")


def pytest_configure() -> None:
    """Let commands start with the usual signals, also when a background shell ignores them.

    A command inherits an ignored signal, but never a handler of this process.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def pytest_collection_finish() -> None:
    """Leave all that is loaded by now out of garbage collections, which visit it in each test."""
    gc.collect()
    gc.freeze()


CODEX = """\
>_ OpenAI Codex (v0.98.0)
  Context window: 90% left ({context}K used / 272K)
  5h limit:     [██░░] {five}% used (resets {resets})
  Weekly limit: [██░░] {weekly}% used (resets 07:30 on 26 Nov)
"""


def codex(five: int = 11, weekly: int = 24, resets: str = "13:10", context: int = 12) -> str:
    """A Codex /status pane."""
    return CODEX.format(five=five, weekly=weekly, resets=resets, context=context)


def anomaly(subject: str, number: int = 0, detail: str = "") -> Anomaly:
    """A row of the anomalies: the plainest that there is."""
    fields = {"kind": "k", "first": 0, "first_from": "a", "second_from": "b"}
    return codec.make(Anomaly, subject=subject, second=number, detail=detail, **fields)


class Shell:
    """Runs the scripts of bin/ on one scratch book, with a home that does not exist yet."""

    def __init__(self, folder: Path, *, is_new: bool = True) -> None:
        """A private folder, or (not new) one that another Shell set up."""
        self.book, self.config = folder / "book", folder / "config"
        self.docs = folder / "docs"
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder / "home"),
            "BURNBOOK_DATA_DIR": str(self.book),
            "BURNBOOK_CONFIG_DIR": str(self.config),
        }
        if is_new:
            self._set_up()

    def _set_up(self) -> None:
        self.config.mkdir()
        shutil.copytree(ROOT / "config" / "feeds", self.config / "feeds")
        (self.config / "windows.toml").write_text(
            'timezone = "UTC"\n[windows.W0-CHN]\nnext = "W0-CHP"\n[windows.W0-CHP]\n'
        )
        # Its own pages: those of the project are for people.
        (self.config / "ledgers.toml").write_text(
            f'folder = "{self.docs}/Ledgers"\nhandoff = "{self.docs}/HANDOFF.md"\n'
        )

    def start(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        """Start a script without waiting for it."""
        return subprocess.Popen(
            [str(ROOT / "bin" / words[0]), *words[1:]],
            env={**self.environment, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *words: str, stdin: str = "", **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a script to its end: first through its front door, later in a warm Python."""
        line = (f"bin/{words[0]}", *words[1:])
        variables = {**self.environment, **environment}
        done = warm.run(line, Path.cwd(), variables, stdin.encode(), 60)
        out, err = map(_text, (done.stdout, done.stderr))
        return subprocess.CompletedProcess(words, done.returncode, out, err)

    def ok(self, *words: str, stdin: str = "", **environment: str) -> str:
        """Run a script that must succeed, and give its stdout."""
        done = self.run(*words, stdin=stdin, **environment)
        assert done.returncode == 0, done
        return done.stdout

    def fails(self, code: int, *words: str, stdin: str = "", **environment: str) -> str:
        """Run a script that must fail with `code` and one sentence; give the sentence."""
        done = self.run(*words, stdin=stdin, **environment)
        assert (done.returncode, done.stdout) == (code, ""), done
        assert done.stderr.count("\n") == 1, done.stderr
        assert done.stderr.startswith(f"{words[0]}: "), done.stderr
        return done.stderr

    def json(self, *words: str, stdin: str = "", **environment: str) -> Any:
        """The output of a script with `--format json`."""
        return json.loads(self.ok(*words, "--format", "json", stdin=stdin, **environment))

    def rows(self, journal: str) -> list[Any]:
        """Every line of a journal."""
        path = self.book / f"{journal}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def tree(self, *, store: bool = False) -> dict[str, bytes]:
        """Every file of the book and its bytes, but for the lock and, by default, the store."""
        files = [p for p in self.book.rglob("*") if p.is_file() and p.name != ".lock"]
        files = [p for p in files if store or not p.name.startswith("book.sqlite")]
        return {str(p.relative_to(self.book)): p.read_bytes() for p in sorted(files)}


def _text(output: bytes) -> str:
    """What a process printed, with newlines as in `subprocess`."""
    return output.decode().replace("\r\n", "\n").replace("\r", "\n")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell with an empty book."""
    assert "BURNBOOK_DATA_DIR" not in os.environ
    return Shell(tmp_path)


MEASURE = """\
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def measured(shell: Shell, *words: str, **environment: str) -> tuple[Any, int]:
    """The JSON output of a script, and its peak memory in KiB.

    It runs below another Python, because the peak of a child is at least that of its parent.
    """
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(ROOT / "bin" / words[0]), *words[1:], "--format=json"],
        env={**shell.environment, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    output, _, peak = done.stdout.rstrip().rpartition("\n")
    return json.loads(output), int(peak)
