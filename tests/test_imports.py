"""What each script imports when it runs: the most modules, and those that it must not import.

A count is the same on every machine, other than a time. Another Python may import a few more, so
each limit is about a tenth above the count of Python 3.11. A new script gets DEFAULT; where it
needs more, add it to BUDGETS.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import Shell, codex
from frontdoor import ROOT
from inside import VERBS
from test_statusline import Prompt, line_json

# Each takes 5 ms or more, some of them 100, and few commands need them.
HEAVY = ("asyncio", "email", "http", "multiprocessing", "ssl", "unittest", "urllib.request", "xml")
HEAVY += ("dotenv", "zoneinfo")


class Budget(NamedTuple):
    """The most modules that a script may import, others that it must not, and its arguments."""

    most: int
    never: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


DEFAULT = Budget(300)
HELP = Budget(90, ("burnbook.config.loader", "datetime", "msgspec", "sqlite3", "tomli"))
QUICK = Budget(
    45, ("argparse", "collections", "datetime", "enum", "json", "msgspec", "re", "typing")
)
_PRICES = ("burnbook.cost.calculate", "burnbook.cost.price_list", "burnbook.config.prices")
_PANES = ("burnbook.panes._pane", "burnbook.panes.documents", "locale")
_REDACT = ("burnbook.base.redact",)
_REST = ("burnbook.book.chain.links", "burnbook.book.joined.path")
BUDGETS = {
    "budget": Budget(225, (*_PRICES, *_PANES, *_REDACT, *_REST)),
    "preview": Budget(215, (*_PANES, *_REDACT, *_REST)),
    "statusline": Budget(190, (*_PRICES, *_PANES)),
    "timer": Budget(175, (*_PRICES, *_PANES, *_REST)),
    "usage": Budget(240, (*_PANES, *_REST, "burnbook.windows.history")),
    "windows": Budget(255, (*_PANES, *_REST)),
    # Prints a command for each step that it runs.
    "demo": Budget(90, words=("--help",)),
    # Also what can be read of all its formats and checks.
    "doctor": Budget(330),
    # numpy and scipy
    "rate": Budget(800, words=("codex",)),
    "report": Budget(475, words=("--out", "page.html")),
    "watch": Budget(360),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small book and its config."""
    folder = tmp_path_factory.mktemp("imports")
    shell = Shell(folder)
    shell.ok("snapshot", "start", "codex", "--window", "W0-CHN", stdin=codex())
    telemetry = (ROOT / "samples" / "telemetry" / "usage.jsonl").read_text()
    shell.ok("ingest", "proxy-telemetry", stdin=telemetry)
    shell.ok("preview")
    shell.ok("usage")
    return folder


def imported(shell: Shell, name: str, *words: str, stdin: str = "") -> list[str]:
    """The modules that a script imports, in order; those of Python's own start are among them."""
    python = str(ROOT / ".venv" / "bin" / "python")
    done = subprocess.run(
        [python, "-ESs", "-X", "utf8", "-X", "importtime", str(ROOT / "bin" / name), *words],
        cwd=shell.book.parent,
        env=shell.environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )
    modules = re.findall(r"^import time: .*\| +([\w.]+)$", done.stderr, re.MULTILINE)
    assert "burnbook.cli" in modules, done.stderr
    return modules


def check(modules: list[str], budget: Budget) -> None:
    assert set(modules) & {*budget.never} == set()
    assert len(modules) <= budget.most, modules


@pytest.mark.parametrize("name", VERBS)
def test_a_script_imports_no_more_than_its_budget(name: str, book: Path, tmp_path: Path) -> None:
    shutil.copytree(book, tmp_path / "copy")
    budget = BUDGETS.get(name, DEFAULT)
    modules = imported(Shell(tmp_path / "copy", is_new=False), name, *budget.words)
    check(modules, budget)
    if name not in ("doctor", "rate", "report", "watch"):
        assert set(modules) & {*HEAVY} == set()


@pytest.mark.parametrize("name", VERBS)
def test_help_needs_no_book(name: str, shell: Shell) -> None:
    # The help of export lists its formats, and so imports them.
    check(imported(shell, name, "--help"), DEFAULT if name == "export" else HELP)


def test_a_kept_status_line_imports_next_to_nothing(shell: Shell) -> None:
    Prompt(shell)
    check(imported(shell, "statusline", stdin=line_json()), QUICK)


def test_every_budget_is_of_a_script() -> None:
    assert set(BUDGETS) <= set(VERBS)
