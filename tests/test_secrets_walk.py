"""A secret in every text that a user can pass: each flag, argument, variable, file and stdin.

The flags and arguments come from the parsers of the scripts, so a new flag is tested without a
change here; a new script must be added to CALLS.
"""

import argparse
import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import codex
from frontdoor import ROOT
from inside import VERBS, Done, Inside, parser

# Joined here, so that no scanner takes this page for a leak.
KEY = "sk-" + "ant-api03-Zq81xVw2Kd93mRt7"
BODY = KEY[13:]
MAIL = "zoe.quimby77" + "@example.com"
LOCAL = "zoe.quimby77"
TEXT = f"note {KEY} by {MAIL}"
# As an id, as free text, and in the forms that `--set` and `--features` take.
VALUES = (KEY, TEXT, f"{KEY}=3", f"codex=1,{KEY}=2", f"5h={KEY}", f"--token={BODY}")
PANE = codex().encode()
AT = ("--at", "2026-11-22T10:00:00Z")


SECONDS = (datetime(2026, 1, 1) + timedelta(seconds=n) for n in range(1, 3600))


class Call(NamedTuple):
    """Words that a script accepts, its positional arguments first, and its stdin."""

    words: tuple[str, ...] = ()
    stdin: bytes = b""


def sample(path: str) -> bytes:
    return (ROOT / "samples" / path).read_bytes()


EVIDENCE = "--window W --capability C --run R --runner T --result pass --artifact r.txt"
PLAN = "new one --question Q --arm a --arm b --metric pass --effect 30%"
CALLS = {
    "aliases": Call(),
    "completions": Call(("bash",)),
    "attribute": Call(),
    "audit": Call(),
    "backup": Call((os.devnull,)),
    "budget": Call(),
    "bundle": Call(("W0-CHN",)),
    "capture": Call(("one",)),
    "check": Call(),
    "checkpoint": Call(("W0-CHN", "--plan", "5", *AT)),
    "churn": Call(),
    "cost-compare": Call(),
    "decide": Call(),
    "demo": Call(),
    "doctor": Call(),
    "evidence": Call(tuple(EVIDENCE.split())),
    "experiment": Call(tuple(PLAN.split())),
    "export": Call(),
    "finalize": Call(("--window", "W0-CHN", *AT)),
    "forecast": Call(),
    "forget": Call(("--session", "5e1f0a52-0000", "--yes")),
    "import": Call(("ccusage", "--scope", "all"), sample("ccusage/daily.json")),
    "ingest": Call(("proxy-telemetry", *AT), sample("telemetry/usage.jsonl")[:2000]),
    "merge": Call(),
    "preview": Call(),
    "query": Call(("windows",)),
    "sql": Call(("SELECT * FROM snapshots",)),
    "prices": Call(),
    "proof": Call(("W0-CHN", "--out", "-")),
    "rate": Call(),
    "repair": Call(),
    "report": Call(("--out", os.devnull)),
    "reset": Call(AT),
    "restore": Call((os.devnull,)),
    "schedule": Call(("print",)),
    "scoreboard": Call(),
    "snapshot": Call(("start", "codex", "--window", "W0-CHN", "--force", *AT), PANE),
    "statusline": Call(AT, sample("agents/statusline.json")),
    "timer": Call(("--at", "2026-11-22T10:00:00Z")),
    "undo": Call(("codex",)),
    "usage": Call(),
    "watch": Call(),
    "windows": Call(),
}


class ScratchBook(Inside):
    """A book with a window, an agent with a capture, and whatever variables a test adds."""

    def __init__(self, scratch: Path) -> None:
        super().__init__(scratch)
        self.variables: dict[str, str] = {}
        here = scratch / "here"
        (here / "r.txt").write_text("x")
        (here / "pane").write_bytes(PANE)
        for name in (KEY, TEXT):  # an input whose name is a secret
            (here / name).write_bytes(PANE)
        (scratch / "tmp").mkdir()
        (self.config / "agents.toml").write_text(
            '[agents.main]\nprovider = "codex"\ncapture = ["cat", "pane"]\n'
        )
        (self.config / "schedules.toml").write_text('[captures.one]\nargv = ["cat", "pane"]\n')
        assert self.run("snapshot", *CALLS["snapshot"].words, stdin=PANE).code == 0

    def environment(self) -> dict[str, str]:
        tmp = {"TMPDIR": str(self.folder / "tmp")}
        return super().environment() | tmp | self.variables

    def kept(self) -> dict[str, bytes]:
        """Every file that burnbook may have written, and its name, by its name."""
        tops = (self.book, self.docs, self.home, self.folder / "tmp", self.folder / "logs")
        files = (path for top in tops for path in top.rglob("*"))
        named = {str(path.relative_to(self.folder)): path for path in files}
        return {
            name: name.encode() + (b"" if path.is_dir() else path.read_bytes())
            for name, path in named.items()
        }

    def leaks(self) -> list[str]:
        """The files that hold eight characters of the key, or the address."""
        parts = [BODY[at : at + 8].encode() for at in range(len(BODY) - 7)] + [LOCAL.encode()]
        return [name for name, data in self.kept().items() if any(part in data for part in parts)]

    def hidden(self) -> int:
        """The number of secrets that were redacted from saved text."""
        return sum(data.count(b"[key]") for data in self.kept().values())

    def call(self, script: str, *words: str, stdin: bytes | None = None) -> Done:
        """Run a script, which prints a secret neither as a message, for that may go to a log."""
        done = self.run(script, *words, stdin=CALLS[script].stdin if stdin is None else stdin)
        # A book that `--data-dir` made would be a config without ledgers.toml for `--config-dir`,
        # and then the ledgers are those of the project.
        for path in (self.folder / "here").iterdir():
            if path.is_dir() and path.name != "tracker":
                shutil.rmtree(path)
        assert BODY not in done.err, (script, words, done)
        assert LOCAL not in done.err, (script, words, done)
        return done


@pytest.fixture
def scratch(tmp_path: Path) -> ScratchBook:
    return ScratchBook(tmp_path / "x")


def options(script: str) -> Iterator[tuple[str, argparse.Action]]:
    """Every flag and every positional argument that takes a value."""
    for action in parser(script)._actions:
        if action.nargs != 0 and not isinstance(action, argparse._HelpAction):
            yield (action.option_strings or [action.dest])[-1], action


def filled(script: str, action: argparse.Action, value: str) -> list[str]:
    """The words of a script's call with `value` for one of its arguments."""
    # Each at another moment, because equal rows are not booked again with other notes.
    words = [
        f"{word[:14]}{next(SECONDS):%M:%SZ}" if word == AT[1] else word
        for word in CALLS[script].words
    ]
    if action.option_strings:
        flag = action.option_strings[-1]
        if flag in words:
            del words[(at := words.index(flag)) : at + 2]
        return [*words, f"{flag}={value}"]
    positionals = [
        argument.dest for argument in parser(script)._actions if not argument.option_strings
    ]
    at = positionals.index(action.dest)
    given = next((n for n, word in enumerate(words) if word[:1] == "-"), len(words))
    words[at : at + (at < given)] = [value]
    return words


def test_every_script_has_a_call() -> None:
    assert sorted(CALLS) == VERBS


@pytest.mark.parametrize("script", VERBS)
def test_no_secret_in_an_argument_is_kept(scratch: ScratchBook, script: str) -> None:
    books = []
    for name, action in options(script):
        for value in VALUES:
            before = scratch.hidden()
            done = scratch.call(script, *filled(script, action, value))
            assert not (leaks := scratch.leaks()), (script, name, value, leaks)
            if done.code == 0 and scratch.hidden() > before:
                books.append(name)
    # The test reaches its subject: notes are kept, with the key removed.
    noted = [name for name, _ in options(script) if name == "--notes"]
    # A plan is not changed, so only the first call of `experiment new` could keep its notes.
    assert script in ("churn", "experiment") or {*noted} <= {*books}
    if script == "finalize":
        assert {"--commit-start", "--commit-end", "--methodology"} <= {*books}


@pytest.mark.parametrize("script", VERBS)
def test_no_secret_in_a_variable_is_kept(scratch: ScratchBook, script: str) -> None:
    for name in ("AGENT_ID", "BURNBOOK_CONFIG_DIR", "USER", "LOGNAME", "HOSTNAME"):
        for value in (KEY, TEXT):
            scratch.variables = {name: value}
            scratch.call(script, *CALLS[script].words)
            assert not (leaks := scratch.leaks()), (script, name, leaks)


def mutants(value: Any, secret: str) -> Iterator[Any]:
    """The value with each text and each key in it, at any depth, replaced by a secret."""
    if isinstance(value, str):
        yield secret
        yield f"{value} {secret}"
    elif isinstance(value, dict):
        for key, part in value.items():
            yield {**{k: v for k, v in value.items() if k != key}, secret: part}
            for mutant in mutants(part, secret):
                yield {**value, key: mutant}
    elif isinstance(value, list) and value:
        for mutant in mutants(value[0], secret):
            yield [mutant, *value[1:]]


LINES = {
    ("statusline",): "agents/statusline.json",
    ("import", "ccusage", "--scope", "all"): "ccusage/daily.json",
    ("ingest", "proxy-telemetry", "--window", "W0-CHN"): "telemetry/usage.jsonl",
}


@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_no_secret_in_stdin_is_kept(scratch: ScratchBook, words: tuple[str, ...]) -> None:
    text = sample(LINES[words]).decode()
    whole = json.loads(text.splitlines()[0] if LINES[words].endswith("l") else text)
    script, *more = words
    for secret in (KEY, MAIL):
        for mutant in mutants(whole, secret):
            scratch.call(script, *more, *AT, stdin=json.dumps(mutant).encode() + b"\n")
    assert not scratch.leaks()


def test_no_secret_in_an_older_trackers_rows_is_kept(scratch: ScratchBook) -> None:
    folder = scratch.folder / "here" / "tracker"
    shutil.copytree(ROOT / "samples" / "tracker", folder)
    for path in sorted(folder.rglob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text().splitlines()[:2]]
        lines = [m for row in rows for secret in (KEY, MAIL) for m in mutants(row, secret)]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = scratch.call("import", "tracker", str(folder))
    assert done.code in (0, 65), done
    assert not scratch.leaks()


CONFIG = sorted(path.name for path in (ROOT / "samples" / "config").glob("*.toml"))
OWN = sorted(path.name for path in (ROOT / "config").glob("*.toml"))
BOOKING = (
    ("snapshot", "start", "codex", "--capture", "--window", "W0-CHN", *AT),
    ("reset", "--force", *AT),
    ("capture", "one"),
    ("budget", *AT),
    ("checkpoint", "W0-CHN", "--plan", "5", *AT),
    ("bundle", "W0-CHN"),
)
SCHEDULES = (("capture", "one"), ("schedule", "print"))


def literals(toml: str) -> Iterator[re.Match[str]]:
    """The texts in a TOML file, without comments; the first text of a list, and of a key that
    several tables of the same name have."""
    seen = set()
    for literal in re.finditer(r'"[^"\n]*"', toml):
        before = toml[: literal.start()]
        line = before[before.rfind("\n") + 1 :]
        tables = re.findall(r"^\[.*\]", before, re.MULTILINE)
        key = (*tables[-1:], re.sub(r'"[^"]*", *', "", line))
        if "#" not in line and key not in seen:
            seen.add(key)
            yield literal


@pytest.mark.parametrize("name", sorted({*CONFIG, *OWN} - {"ledgers.toml", "bundle.toml"}))
def test_no_secret_in_the_config_is_kept(scratch: ScratchBook, name: str) -> None:
    top = "samples/config" if name in CONFIG else "config"
    text = (ROOT / top / name).read_text()
    for literal in literals(text):
        for value in (KEY, TEXT):
            changed = f'{text[: literal.start()]}"{value}"{text[literal.end() :]}'
            (scratch.config / name).write_text(changed)
            for words in BOOKING if name != "schedules.toml" else SCHEDULES:
                scratch.call(*words)
        assert not (leaks := scratch.leaks()), (name, literal[0], leaks)
