"""Writes the config of an invented history."""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from burnbook.base.files import without_home
from burnbook.demo.history import AGENTS

_BUDGETS = """\
[budgets.default]
target_tokens = 5_000_000

[budgets.monthly]
per    = "month"
unit   = "usd"
target = 120
"""


def write(folder: Path, windows: Sequence[tuple[str, datetime]]) -> None:
    """Write the TOML files to `folder/config`; `windows` has the name and the end of each."""
    texts = {"budgets": _BUDGETS, "windows": _windows(windows)}
    texts["churn"] = "record_commits = false\n\n[repositories]\n"
    texts["churn"] += f"product = {_path(folder / 'product')}\n"
    # The folders that the logs name are on machines of Ada, Bo and Cleo.
    projects = sorted(
        {without_home(path) for agent in AGENTS for path in agent.projects} - {"~/design"}
    )
    texts["churn"] += f"\n[folders]\nproduct = {json.dumps(projects)}\n"
    texts["ledgers"] = f"folder = {_path(folder / 'ledgers')}\n"
    texts["ledgers"] += f"handoff = {_path(folder / 'handoff.md')}\n"
    texts["agents"] = "".join(
        f'[agents.{agent.name}]\nprovider = "{agent.tool}"\n' for agent in AGENTS
    )
    texts["accounts"] = "".join(
        f'[accounts.{agent.account}]\nprovider = "{agent.tool}"\n'
        f'usd_per_month = 200\nagents = ["{agent.name}"]\n'
        for agent in AGENTS
    )
    (folder / "config").mkdir(parents=True)
    for name, text in texts.items():
        (folder / "config" / f"{name}.toml").write_text(text, "utf-8")


def _windows(windows: Sequence[tuple[str, datetime]]) -> str:
    text = 'timezone = "UTC"\n'
    following = [name for name, _ in windows[1:]]
    for (name, ends), then in zip(windows, [*following, None], strict=True):
        text += f'\n[windows."{name}"]\nends = {ends:%Y-%m-%dT%H:%M:%S}\n'
        text += f'next = "{then}"\n' if then else ""
    return text


def _path(path: Path) -> str:
    return json.dumps(os.fspath(path))
