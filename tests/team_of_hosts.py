"""Machines with a book each, whose scripts run in this process under a host name of their own."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from conftest import codex
from inside import Done, Inside

END = "2026-11-23T06:00"
"""When every report is made."""
REPORTS: tuple[tuple[str, ...], ...] = (
    ("windows",),
    ("preview", "W1"),
    ("preview", "W2"),
    *(("usage", by) for by in ("daily", "model", "agent", "session", "project", "blocks")),
    ("budget", "W1"),
    ("cost-compare", "W1"),
    ("scoreboard",),
    ("audit", "--all"),
    ("decide", "W1"),
    ("timer", "W1"),
)
_WINDOWS = """timezone = "UTC"
[windows.W1]
next = "W2"
ends = 2026-11-22T18:00:00
[windows.W2]
ends = 2026-11-23T04:00:00
"""


@contextmanager
def at_host(name: str) -> Iterator[None]:
    """Give this machine another host name."""
    uname = os.uname()
    other = os.uname_result((uname.sysname, name, uname.release, uname.version, uname.machine))
    with mock.patch("os.uname", return_value=other):
        yield


class Machine(Inside):
    """One machine. All of a team have the same configuration."""

    def __init__(self, folder: Path, host: str) -> None:
        super().__init__(folder / host)
        self.host, self.team = host, folder
        (self.config / "windows.toml").write_text(_WINDOWS)
        (self.config / "budgets.toml").write_text("[budgets.default]\ncapacity_tokens = 90_000\n")

    def call(self, *words: str, stdin: str = "") -> Done:
        """Run a script as on this machine."""
        with at_host(self.host):
            return self.run(*words, stdin=stdin.encode())

    def ok(self, *words: str, stdin: str = "") -> str:
        """Run a script that must succeed."""
        done = self.call(*words, stdin=stdin)
        assert done.code == 0, (words, done)
        return done.out

    def json(self, *words: str) -> Any:
        """The JSON of a script."""
        return json.loads(self.ok(*words, "--format", "json"))

    def pane(self, phase: str, minute: int, percent: int, agent: str, window: str = "W1") -> Done:
        """Book a pane; one that the book has no room for is refused."""
        at = f"2026-11-22T{9 + minute // 60:02d}:{minute % 60:02d}"
        words = ("snapshot", phase, "codex", "--window", window, "--agent", agent, "--at", at)
        return self.call(*words, stdin=codex(five=percent))

    def lines(self) -> dict[str, list[bytes]]:
        """The lines of each journal, in any order."""
        paths = [*self.book.glob("*.jsonl"), *self.book.glob("rejects/*.jsonl")]
        return {
            str(path.relative_to(self.book)): sorted(path.read_bytes().splitlines())
            for path in paths
        }

    def reports(self) -> dict[tuple[str, ...], tuple[int, str, str]]:
        """What every report prints, with the machine's own folder left out.

        Ledgers are pages beside the book, so the reports are made without those of the machine.
        """
        (self.config / "ledgers.toml").write_text(f'folder = "{self.team}/none"\n')
        result = {}
        for words in REPORTS:
            done = self.call(*words, "--format", "json", "--at", END)
            texts = (text.replace(str(self.folder), "HERE") for text in done[1:])
            result[words] = (done.code, *texts)
        self.pages()
        return result

    def checked(self) -> Any:
        """The counts of a check that reports no fault."""
        checked = self.json("check")
        assert not checked["faults"], checked
        return checked["rows"]


def without_moments(text: str) -> str:
    """A text without moments, which differ from run to run."""
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "T", text)
