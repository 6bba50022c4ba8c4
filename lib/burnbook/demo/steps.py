"""The commands with which people would have booked an invented history, in order of time."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from burnbook.demo import files
from burnbook.demo.history import AGENTS, DAY, WEEK, Agent, Request, at, proxied, requests

END = datetime(2026, 11, 22, 20, tzinfo=UTC)
"""The moment at which every history ends, a Sunday evening."""


class Step(NamedTuple):
    """One command: its arguments without `bin/`, what it reads from stdin, and its variables."""

    words: tuple[str, ...]
    stdin: str = ""
    variables: tuple[tuple[str, str], ...] = ()


def prepare(folder: Path, days: int) -> list[Step]:
    """Write the logs, and the config, of a history of `days` days below a folder."""
    first = END.replace(hour=0) - (days - 1) * DAY
    history = {a: [r for r in requests(a, first, days) if r.at < END] for a in AGENTS}
    steps: list[tuple[datetime, Step]] = []
    windows = _windows(first)
    _config(folder / "config", windows)
    for agent, rows in history.items():
        home = folder / "homes" / agent.name
        write = files.codex_logs if agent.tool == "codex" else files.claude_logs
        write(home, agent, rows)
        variable = "CODEX_HOME" if agent.tool == "codex" else "CLAUDE_CONFIG_DIR"
        words = ("ingest", agent.tool, "--agent", agent.name, "--at", _iso(END))
        steps.append((END, Step(words, "", ((variable, str(home)),))))
        steps += _panes(agent, rows, windows)
        if agent.tool == "claude":
            steps += _status_lines(agent, rows, first, days, home)
    log = folder / "proxy.jsonl"
    files.proxy_log(log, proxied(history[AGENTS[-1]]))
    steps.append((END, Step(("ingest", "proxy-telemetry", "--file", str(log), "--at", _iso(END)))))
    steps += _reviews(windows)
    return [step for _, step in sorted(steps, key=lambda pair: pair[0])]


def _windows(first: datetime) -> list[tuple[str, datetime, datetime]]:
    """Name, begin and end of each week; the last one is still open at END."""
    monday = (first - first.weekday() * DAY).replace(hour=0)
    result = []
    while monday < END:
        begins = max(monday, first) + timedelta(minutes=6)
        result.append((f"{monday:%G-W%V}", begins, monday + WEEK))
        monday += WEEK
    return result


def _config(folder: Path, windows: Sequence[tuple[str, datetime, datetime]]) -> None:
    folder.mkdir(parents=True)
    names = [name for name, _, _ in windows]
    text = 'timezone = "UTC"\n'
    for (name, _, ends), following in zip(windows, [*names[1:], None], strict=True):
        text += f'\n[windows."{name}"]\nends = {ends:%Y-%m-%dT%H:%M:%S}\n'
        text += f'next = "{following}"\n' if following else ""
    (folder / "windows.toml").write_text(text, "utf-8")
    agents = accounts = ""
    for agent in AGENTS:
        agents += f'[agents.{agent.name}]\nprovider = "{agent.tool}"\n'
        accounts += f'[accounts.{agent.account}]\nprovider = "{agent.tool}"\n'
        accounts += f'usd_per_month = 200\nagents = ["{agent.name}"]\n'
    (folder / "agents.toml").write_text(agents, "utf-8")
    (folder / "accounts.toml").write_text(accounts, "utf-8")
    (folder / "budgets.toml").write_text("[budgets.default]\ntarget_tokens = 12_000_000\n", "utf-8")


def _panes(
    agent: Agent, rows: Sequence[Request], windows: Sequence[tuple[str, datetime, datetime]]
) -> list[tuple[datetime, Step]]:
    """BEFORE and AFTER of each window. The last window has no AFTER yet."""
    draw = files.codex_pane if agent.tool == "codex" else files.claude_pane
    steps = []
    for name, begins, ends in windows:
        for phase, moment in (("start", begins), ("end", ends - timedelta(minutes=10))):
            if moment < END:
                words = ("snapshot", phase, agent.tool, "--window", name, "--agent", agent.name)
                pane = draw(*at(rows, agent, moment))
                steps.append((moment, Step((*words, "--at", _iso(moment)), pane)))
    return steps


def _status_lines(
    agent: Agent, rows: Sequence[Request], first: datetime, days: int, home: Path
) -> list[tuple[datetime, Step]]:
    """A status line in the afternoon of each day, so that the meters have readings."""
    draw = random.Random(f"burnbook {agent.name} status")  # noqa: S311 - not for cryptography
    steps = []
    for day in range(days):
        moment = first + day * DAY + timedelta(hours=11 + draw.random() * 8)
        if moment < END:
            line = files.status_line(*at(rows, agent, moment), day)
            words = ("statusline", "--agent", agent.name, "--at", _iso(moment))
            steps.append((moment, Step(words, line, (("CLAUDE_CONFIG_DIR", str(home)),))))
    return steps


def _reviews(
    windows: Sequence[tuple[str, datetime, datetime]],
) -> list[tuple[datetime, Step]]:
    """The plan of each window, and what came out of those that ended."""
    draw = random.Random("burnbook reviews")  # noqa: S311 - not for cryptography
    steps = []
    for number, (name, begins, ends) in enumerate(windows):
        plan = str(draw.randrange(9, 14) * 1_000_000)
        planned = begins + timedelta(minutes=5)
        words = ("checkpoint", name, "--agent", "ada", "--plan", plan, "--at", _iso(planned))
        steps.append((planned, Step(words)))
        after = ends + timedelta(minutes=30)
        if after < END:
            features = f"codex={draw.randrange(2, 7)},claude={draw.randrange(3, 9)}"
            outcome = "pass" if draw.random() > 0.15 else "fail"
            method = "pairs" if number % 2 else "alone"
            values = ("--features", features, "--outcome", outcome, "--methodology", method)
            quality = ("--quality", str(draw.randrange(2, 6)), "--at", _iso(END))
            close = Step(("finalize", name, *values, *quality))
            steps.append((END + timedelta(seconds=number), close))
    return steps


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
