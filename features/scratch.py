"""The folder of one scenario: a book that does not exist yet, a config, a home, the last command.

Commands run as in cron: a short PATH, a clean environment, a folder other than the project's. The
config is the shipped one in UTC. Before output is compared, text that differs between runs is
replaced: BOOK, CONFIG, HOME and PROJECT for paths, ID for the id of a row,
the name of a commit for its hash.
"""

import json
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any

import warm

PROJECT = Path(__file__).resolve().parent.parent
DAY = "2026-11-22"
MISSING = object()

_ROW_ID = re.compile(r"\b[acegiklmnpsvwy]-[0-9a-f]{18}\b")
_ZONE = re.compile(r'^timezone *= *"local"', re.MULTILINE)
_TIMEOUT = 60


class Scratch:
    """Files below `root`, the environment of the commands, and the result of the last one."""

    def __init__(self) -> None:
        self.root = Path(tempfile.gettempdir(), f"burnbook-behave-{token_hex(8)}").resolve()
        self.root.mkdir(0o700)
        self.home = self.root / "home"
        self.config = self.root / "config"
        # Deep enough that a path which climbs out of the book is still below the root.
        self.book = self.root / "books" / "of" / "this" / "scenario"
        self.home.mkdir()
        shutil.copytree(PROJECT / "config", self.config)
        windows, count = _ZONE.subn('timezone = "UTC"', self.read_config("windows.toml"))
        assert count == 1, "config/windows.toml has no timezone = local to replace"
        self.write_config("windows.toml", windows)
        self.docs = self.home / "docs"
        pages = f'folder = "{self.docs}/Ledgers"\nhandoff = "{self.docs}/HANDOFF.md"\n'
        self.write_config("ledgers.toml", pages)
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            # Named, so that an .env beside the justfile changes no scenario.
            "AGENT_ID": "main",
            "BURNBOOK_DATA_DIR": str(self.book),
            "BURNBOOK_CONFIG_DIR": str(self.config),
        }
        self.folder = self.home
        self.commits: dict[str, str] = {}
        self.pane = ""
        self.hostile = "HOSTILE"
        self.code = 0
        self.stdout = ""
        self.stderr = ""
        self._before: dict[str, object] = {}
        self._foreign: list[Path] = []

    def remove(self) -> None:
        """Remove everything below the root."""
        shutil.rmtree(self.root)

    def read_config(self, name: str) -> str:
        """The text of a config file."""
        return (self.config / name).read_text("utf-8")

    def write_config(self, name: str, text: str) -> None:
        """Put a text in place of a config file, in a new folder if need be."""
        (self.config / name).parent.mkdir(exist_ok=True)
        (self.config / name).write_text(text, "utf-8")

    def run(self, words: Sequence[str], pane: str = "", at: str | None = None) -> None:
        """Run a program of the project to its end, with the pane on stdin."""
        words = [*words, "--at", at] if at else list(words)
        self._before = self.tree()
        paths = [Path(word) for word in words[1:] if word.startswith("/")]
        self._foreign = [path for path in paths if not path.exists()]
        done = warm.run(words, self.folder, self.environment, pane.encode(), _TIMEOUT)
        self.code = done.returncode
        self.stdout = self.masked(done.stdout.decode())
        self.stderr = self.masked(done.stderr.decode())

    def run_line(self, command: str, pane: str = "", at: str | None = None) -> None:
        """Run a command as a person would type it: quotes count, no shell reads it.

        HOSTILE is replaced by the hostile text of the scenario, as one word or a part of it.
        """
        words = [word.replace("HOSTILE", self.hostile) for word in shlex.split(command)]
        self.run(words, pane, at)

    def masked(self, text: str) -> str:
        """The text without what differs from run to run."""
        for name in ("book", "config", "home"):
            path = str(getattr(self, name))
            in_markdown = path.replace("_", r"\_")  # as in the random name of a TMPDIR
            text = text.replace(path, name.upper()).replace(in_markdown, name.upper())
        text = text.replace(str(self.root / "machines"), "MACHINES")
        for commit, name in self.commits.items():
            text = text.replace(commit, name).replace(commit[:12], name)
        return _ROW_ID.sub("ID", text.replace(str(PROJECT), "PROJECT"))

    def tree(self) -> dict[str, object]:
        """Every path below the root: the bytes of a file, or its type."""
        contents: dict[str, object] = {}
        for path in sorted(self.root.rglob("*")):
            kind = "link" if path.is_symlink() else "folder" if path.is_dir() else path.read_bytes()
            contents[str(path.relative_to(self.root))] = kind
        return contents

    def changes(self) -> list[str]:
        """Paths that the last command created, changed or removed, in any of its folders.

        Without the store and its directory, which readers update too.
        """
        now, store = self.tree(), re.compile(r".*/cache(/(book\.sqlite(-wal|-shm)?|followed.*))?")
        paths = sorted(path for path in {*now, *self._before} if not store.fullmatch(path))
        changed = [path for path in paths if now.get(path) != self._before.get(path)]
        return changed + [str(path) for path in self._foreign if os.path.lexists(path)]

    def journal(self, name: str) -> Path:
        """The path of a journal of the book."""
        return self.book / f"{name}.jsonl"

    def lines(self, name: str) -> list[str]:
        """The lines of a journal, whole or not; none where there is no such file."""
        path = self.journal(name)
        return path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []

    def rows(self, name: str) -> list[Any]:
        """The rows of a journal."""
        return [json.loads(line) for line in self.lines(name)]

    def json(self) -> Any:
        """The output of the last command as JSON."""
        return json.loads(self.stdout)


def moment(text: str) -> str:
    """`09:00` on the day of all scenarios, or `2026-11-23 00:03`, for --at."""
    day, _, time = text.rpartition(" ")
    return f"{day or DAY}T{time}Z"


def value_at(data: Any, path: str) -> Any:
    """The value at `a.b.c`; in a list, a part of the path is a place or the name of an element."""
    for part in path.split("."):
        if isinstance(data, list):
            data = _element(data, part)
        else:
            data = data.get(part, MISSING) if isinstance(data, dict) else MISSING
    return data


def _element(data: list[Any], part: str) -> Any:
    if part.isdecimal():
        return data[int(part)] if int(part) < len(data) else MISSING
    named = [entry for entry in data if isinstance(entry, dict) and entry.get("name") == part]
    return named[0] if len(named) == 1 else MISSING


def shown(value: Any) -> str:
    """A JSON value as a cell of a table shows it; nothing at all is an empty cell."""
    if value is MISSING:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value)
