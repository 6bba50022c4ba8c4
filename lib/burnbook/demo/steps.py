"""The commands with which people would have booked an invented history, in order of time."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from burnbook.base.rooted_path import RootedPath
from burnbook.book import salt
from burnbook.demo import declarations, experiment, features, files, repository
from burnbook.demo.history import (
    AGENTS,
    DAY,
    HOUR,
    WEEK,
    Agent,
    Request,
    at,
    next_reset,
    proxied,
    requests,
)

END = datetime(2026, 11, 22, 20, tzinfo=UTC)
"""The moment at which every history ends, a Sunday evening."""

_History = Mapping[Agent, Sequence[Request]]
_Steps = Iterator[tuple[datetime, "Step"]]


class Step(NamedTuple):
    """One command: its arguments without `bin/`, what it reads from stdin, and its variables."""

    words: tuple[str, ...]
    stdin: str = ""
    variables: tuple[tuple[str, str], ...] = ()


class Window(NamedTuple):
    """A week, from one reset of the weekly meters to the next, and what came out of it.

    `weeks_ago` is 0 for the last one, which is still open at END.
    """

    name: str
    begins: datetime
    ends: datetime
    weeks_ago: int
    codex_features: int
    claude_features: int

    @property
    def features(self) -> int:
        """The features of all providers."""
        return self.codex_features + self.claude_features


def prepare(folder: Path, days: int) -> list[Step]:
    """Write the logs, the repository and the config of `days` days below a folder."""
    first = END.replace(hour=0) - (days - 1) * DAY
    history = {a: [r for r in requests(a, first, days) if r.at < END] for a in AGENTS}
    windows = _windows(first)
    work = features.plan(
        history,
        [
            (w.begins, w.ends, {"codex": w.codex_features, "claude": w.claude_features})
            for w in windows
        ],
        END,
    )
    ended = [(window.name, window.ends) for window in windows[:-1]]
    repository.create(folder / "product", ended, work.features)
    history = {agent: work.on_branches(agent, rows) for agent, rows in history.items()}
    declarations.write(folder, [(window.name, window.ends) for window in windows])
    # The book's own salt would give the accounts other hashes in each book.
    RootedPath(str(folder / "book"), salt.FILE).replace(b"invented history")
    steps: list[tuple[datetime, Step]] = []
    for agent, rows in history.items():
        home = folder / "homes" / agent.name
        write = files.codex_logs if agent.tool == "codex" else files.claude_logs
        write(home, agent, rows)
        variable = "CODEX_HOME" if agent.tool == "codex" else "CLAUDE_CONFIG_DIR"
        words = ("ingest", agent.tool, "--agent", agent.name)
        steps.append(_step(END, words, "", ((variable, str(home)),)))
        steps += _panes(agent, rows, windows)
        if agent.tool == "claude":
            steps += _status_lines(agent, rows, home)
    log = folder / "proxy.jsonl"
    files.proxy_log(log, proxied(history[AGENTS[-1]]))
    steps.append(_step(END, ("ingest", "proxy-telemetry", "--file", str(log))))
    steps += _plans(history, windows)
    steps += _reviews(windows)
    if experiment.is_possible():
        steps += _experiment(windows)
    return [step for _, step in sorted(steps, key=lambda pair: pair[0])]


def _windows(first: datetime) -> list[Window]:
    draw = random.Random("burnbook windows")  # noqa: S311 - not for cryptography
    result = []
    begins = first
    while begins < END:
        ends = next_reset(begins)
        share = (ends - begins) / WEEK  # the first week may have only some of its days
        features = [round(share * draw.randrange(*limits)) for limits in ((2, 7), (3, 9))]
        weeks_ago = (next_reset(END) - ends) // WEEK
        result.append(Window(f"{ends - WEEK:%G-W%V}", begins, ends, weeks_ago, *features))
        begins = ends
    return result


def _panes(agent: Agent, rows: Sequence[Request], windows: Sequence[Window]) -> _Steps:
    """BEFORE and AFTER of each window, with what goes wrong in real life."""
    for window in windows:
        for phase, moment in (
            ("start", window.begins + timedelta(minutes=6)),
            ("end", window.ends - timedelta(minutes=10)),
        ):
            five, week = at(rows, moment)
            login = agent.name
            match agent.name, window.weeks_ago, phase:
                case "bo", 4, "start":  # not of this week: more than it will have at its end
                    _, last = at(rows, window.ends - HOUR)
                    week = week._replace(used=min(100.0, last.used + 4))
                case "ada", 9, "end":  # another login
                    login = "ada-private"
                case "cleo", 7, "end":  # forgotten
                    continue
            if moment < END:
                words = ("snapshot", phase, agent.tool, "--window", window.name)
                draw = files.codex_pane if agent.tool == "codex" else files.claude_pane
                pane = draw(f"{login}@example.com", five, week)
                yield _step(moment, (*words, "--agent", agent.name), pane)


def _status_lines(agent: Agent, rows: Sequence[Request], home: Path) -> _Steps:
    """The status line after the last request of each workday, so that the meters have readings."""
    workdays = [row for row in rows if row.at.weekday() < 5 or row.at.date() == END.date()]
    for number, (_, of_day) in enumerate(groupby(workdays, lambda row: row.at.date())):
        last = list(of_day)[-1]
        line = files.status_line(last.five_hours, last.week, number)
        variables = (("CLAUDE_CONFIG_DIR", str(home)),)
        yield _step(last.at, ("statusline", "--agent", agent.name), line, variables)


def _plans(history: _History, windows: Sequence[Window]) -> _Steps:
    """The planned tokens of each window: about what it used, sometimes less."""
    draw = random.Random("burnbook plans")  # noqa: S311 - not for cryptography
    for window in windows:
        used = sum(
            row.new_tokens
            for rows in history.values()
            for row in rows
            if window.begins <= row.at < window.ends
        )
        share = max(0.4, (END - window.begins) / WEEK) if window.ends > END else 1.0
        plan = max(1, round(used / share * draw.uniform(0.9, 1.3) / 100_000)) * 100_000
        words = ("checkpoint", window.name, "--agent", "ada", "--plan", str(plan))
        yield _step(window.begins + timedelta(minutes=10), words)


def _reviews(windows: Sequence[Window]) -> _Steps:
    """What came out of each window that has ended, after the logs are read."""
    draw = random.Random("burnbook reviews")  # noqa: S311 - not for cryptography
    start = repository.START
    for number, window in enumerate(windows[:-1]):
        features = f"codex={window.codex_features},claude={window.claude_features}"
        results = ("--features", features, "--quality", str(draw.randrange(2, 6)))
        outcome = "pass" if draw.random() > 0.15 else "fail"
        ways = ("--outcome", outcome, "--methodology", "pairs" if number % 2 else "alone")
        commits = ("--commit-start", start, "--commit-end", window.name)
        words = ("finalize", window.name, "--agent", "ada", *results, *ways, *commits)
        yield _step(END, words)
        yield _step(END, ("checkpoint", window.name, "--agent", "ada"))
        start = window.name


def _experiment(windows: Sequence[Window]) -> _Steps:
    """An experiment over the last windows that have ended."""
    spans = [experiment.Span(window.name, window.begins, window.ends) for window in windows[:-1]]
    for call in experiment.calls(spans):
        yield _step(call.at, ("experiment", *call.words, "--agent", call.agent))


def _step(
    moment: datetime,
    words: tuple[str, ...],
    stdin: str = "",
    variables: tuple[tuple[str, str], ...] = (),
) -> tuple[datetime, Step]:
    return moment, Step((*words, "--at", f"{moment:%Y-%m-%dT%H:%M:%SZ}"), stdin, variables)
