"""What a file of agents/ declares. `AGENT` of each is found by its folder.

An agent is driven by commands, each of which belongs to a scenario: `run("tool", "claude", "-p",
"mock-tool")` runs a command and returns its output. To add an agent, add a file.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from real_agents.mock.exchange import Request

SCENARIOS = {
    "plain": "one question and its answer",
    "tool": "a call of a shell",
    "resume": "the first session goes on",
    "fork": "a new session begins with the first one's history",
    "subagent": "a tool starts another agent, which calls a shell",
    "two models": "a question to another model",
    "advisor": "an answer in which a second model has a part",
    "error 429": "two answers that limit requests, then a good one",
    "error 529": "two answers of an overloaded API, then a good one",
    "killed": "the agent is killed while an answer streams",
    "compaction": "a session that has outgrown its context goes on",
}


@dataclass(frozen=True)
class Place:
    """Where an agent runs."""

    home: Path  # its HOME, which is empty at first
    url: str  # of the mock

    @property
    def repository(self) -> Path:
        """Where it works."""
        return self.home / "work" / "repository"


class Run(Protocol):
    """Run a command of an agent."""

    def __call__(self, scenario: str, *words: str, kill: bool = False) -> str:
        """The output; kill: when its answer has begun to stream."""


def _nothing(place: Place) -> dict[str, Any]:
    return {}


def _undriven(run: Run, place: Place) -> None:
    raise AssertionError("an agent that is skipped is not driven")


def _logged(request: Request) -> str:
    return ""


@dataclass(frozen=True)
class Agent:
    """An agent and how to drive it."""

    title: str
    package: str = ""  # of npm
    program: str = ""  # a path in node_modules/.bin, or relative to node_modules
    skipped: str = ""  # why it is not driven
    feed: str = ""  # of burnbook; empty: the name of the file
    ccusage: str = ""  # the command of ccusage; empty: it does not know this agent
    tokscale: str = ""  # the client of tokscale; empty: it does not know this agent
    files: Callable[[Place], Mapping[str, Any]] = _nothing  # text or JSON, by path in HOME
    environment: Callable[[Place], Mapping[str, str]] = _nothing
    drive: Callable[[Run, Place], None] = _undriven
    arguments: Mapping[str, Any] = field(default_factory=dict)  # of its tools, by name
    unlogged: Callable[[Request], str] = _logged  # why no log has a request; empty: a log has it
    note: str = ""  # for the page


def agents() -> dict[str, Agent]:
    """Every agent by its file's name, sorted."""
    from real_agents import agents as folder

    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return {name: importlib.import_module(f"{folder.__name__}.{name}").AGENT for name in names}
