"""The documents: their examples run, their lists are complete, generated parts are current."""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from burnbook import engines
from burnbook.base import errors
from burnbook.churn import settings as churnspec
from burnbook.config import folders, loader, schedules, windows
from burnbook.config.accounts import Account
from burnbook.config.agents import Agent, AppServer, Tmux
from burnbook.config.budgets import Budget, Notify, Stop
from burnbook.config.folders import Ledgers
from burnbook.config.prices import Default, Multiplier, OffPeak, OwnPrices, Price, PriceRules, Tier
from burnbook.config.windows import Preview
from frontdoor import ROOT, House
from manual import CONFIGURATION, FENCE, clone_in, defaults, section, settings

DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A copy of the project as a user has it."""
    return clone_in(tmp_path_factory.mktemp("docs"))


def test_generated_documents_are_current() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), f"{done.stdout}run docs/generate.py"


def test_check_names_what_differs_and_writes_nothing(tmp_path: Path) -> None:
    settle = runpy.run_path(str(ROOT / "docs" / "generate.py"))["settle"]
    stale, extra, new = (tmp_path / name for name in ("stale", "extra", "new"))
    stale.write_text("old")
    extra.touch()
    files = {stale: "text", extra: None, new: "text"}
    assert settle(files, check=True) == [stale, extra, new]
    assert (stale.read_text(), extra.exists(), new.exists()) == ("old", True, False)
    assert settle(files, check=False) == [stale, extra, new]
    assert settle(files, check=True) == []


def test_every_script_and_every_recipe_is_in_the_reference() -> None:
    text = (ROOT / "docs" / "reference.md").read_text("utf-8")
    scripts = {f"bin/{path.name}" for path in (ROOT / "bin").iterdir() if path.name[0] not in "_."}
    summary = subprocess.check_output([str(ROOT / "just"), "--summary"], text=True)
    recipes = {f"just {name}" for name in summary.split()}
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) == scripts | recipes


@pytest.mark.parametrize(
    "doc", [path for path in DOCS if "```sh" in path.read_text("utf-8")], ids=lambda path: path.name
)
def test_every_documented_example_runs(clone: House, doc: Path, tmp_path: Path) -> None:
    env = clone.environment(BURNBOOK_DATA_DIR=str(tmp_path / "book"), TZ="UTC")
    printed = ""
    for _, language, kind, body in FENCE.findall(doc.read_text("utf-8")):
        if language == "sh":
            how: Any = {"cwd": clone.root, "env": env, "input": "", "capture_output": True}
            done = subprocess.run(["sh", "-euc", dedent(body)], text=True, **how)
            assert done.returncode == 0, f"{body}{done.stdout}{done.stderr}"
            printed = re.sub(r"\b([acenpsvw]-)[0-9a-f]{18}\b", r"\1...", done.stdout)
        elif kind == "output":
            assert printed == dedent(body)


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(doc: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", doc.read_text("utf-8")):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = doc.parent / path if path else doc
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings]


def test_the_decisions_are_numbered_in_order() -> None:
    text = (ROOT / "docs" / "DECISIONS.md").read_text("utf-8")
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", text, re.M)]
    assert numbers == [*range(1, text.count("\n## ") + 1)]


def test_the_readme_has_every_exit_code() -> None:
    codes = {value for name, value in vars(errors).items() if name.isupper()}
    text = section((ROOT / "README.md").read_text("utf-8"), "Exit codes")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)} == codes


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("windows.toml", windows.Windows),
        ("windows.ID", windows.Window),
        ("budgets.toml", Budget),
        ("stop.NAME", Stop),
        ("notify", Notify),
        ("agents.toml", Agent),
        ("agents.ID.tmux", Tmux),
        ("agents.ID.app_server", AppServer),
        ("accounts.toml", Account),
        ("preview.toml", Preview),
        ("ledgers.toml", Ledgers),
        ("prices.toml", OwnPrices),
        ("prices.MODEL", Price),
        ("price_rules.toml", PriceRules),
        ("price_rules multipliers", Multiplier),
        ("price_rules tiers", Tier),
        ("price_rules defaults", Default),
        ("price_rules off_peak", OffPeak),
        ("churn.toml", churnspec.Rules),
        ("engine.toml", engines.Settings),
        ("engine duckdb", engines.DuckDB),
        ("engine spark", engines.Spark),
        ("bundle.toml", folders.Bundle),
        ("books.toml", folders.Books),
        ("schedules.toml", schedules.Schedules),
        ("schedules logs", schedules.Logs),
        ("jobs.NAME", schedules.Job),
        ("captures.NAME", schedules.Capture),
    ],
)
def test_every_setting_is_documented_with_its_default(heading: str, kind: Any) -> None:
    assert settings(CONFIGURATION, heading) == defaults(kind)


def test_shipped_and_documented_settings_are_valid(tmp_path: Path) -> None:
    for _, language, name, body in FENCE.findall(CONFIGURATION):
        if language == "toml":
            (tmp_path / name).write_text(body, "utf-8")
    for folder in (tmp_path, ROOT / "config", ROOT / "samples" / "config"):
        read = loader.Config(str(folder))
        assert all((read.windows.windows, read.budgets, read.agents, read.preview.blocks))
        assert read.prices.own or read.prices.sellers
        assert churnspec.read(read).tests
        assert engines.read_settings(read).spark.master
        assert folders.bundle_path(read)
        assert bool(schedules.read(read).jobs) == (folder != ROOT / "samples" / "config")
        assert bool(read.feeds) == (folder != tmp_path)
