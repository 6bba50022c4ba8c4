"""What burnbook, ccusage and tokscale count in the logs of one agent."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from real_agents.agent import Agent
from real_agents.compare import Sums
from real_agents.processes import isolated
from real_agents.processes import run as run_process

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = {
    "ccusage": "@ccusage/ccusage-linux-x64",
    "tokscale": "@tokscale/cli-linux-x64-gnu",
}
SECONDS = 120


class Unreadable(Exception):
    """A tracker's output is not what this file knows; the message has its end."""


@dataclass(frozen=True)
class Reading:
    """What a tracker counted, by its own names of models."""

    models: Mapping[str, Sums]
    fault: str = ""  # why there are none


def run(words: list[str], home: Path) -> str:
    """The output of a tracker that sees the HOME of an agent, and no network."""
    environment = {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC"}
    done = run_process(isolated(words), {**environment, "LANG": "C.UTF-8"}, home, SECONDS)
    if not done.stdout.strip():
        raise Unreadable(f"code {done.returncode}: {done.stderr.strip()[-200:]}")
    return done.stdout


def burnbook(name: str, agent: Agent, home: Path, folder: Path) -> Mapping[str, Sums]:
    """A new book's requests."""
    book = ["--data-dir", str(home / "book")]
    shutil.rmtree(home / "book", ignore_errors=True)
    run([str(ROOT / "bin" / "ingest"), agent.feed or name, *book], home)
    output = run([str(ROOT / "bin" / "usage"), "model", "--format", "json", *book], home)
    kinds = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
    return {
        row["model"]: Sums(row["requests"], *(row[kind] for kind in kinds))
        for row in json.loads(output)["rows"]
    }


def ccusage(name: str, agent: Agent, home: Path, folder: Path) -> Mapping[str, Sums]:
    """Its report by day. It counts no requests."""
    program = str(folder / PACKAGES["ccusage"] / "bin" / "ccusage")
    output = json.loads(run([program, agent.ccusage, "daily", "--json", "--offline"], home))
    models: dict[str, Sums] = {}
    for day in output["daily"] if isinstance(output, dict) else ():
        for row in day.get("modelBreakdowns") or _rows(day.get("models", {})):
            inside = row.get("cachedInputTokens", 0)
            sums = Sums(
                None,
                row["inputTokens"] - inside,
                inside or row.get("cacheReadTokens", 0),
                row.get("cacheCreationTokens", 0),
                row["outputTokens"],
            )
            models[row["modelName"]] = models.get(row["modelName"], Sums()) + sums
    return models


def _rows(models: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"modelName": name, **row} for name, row in models.items()]


def tokscale(name: str, agent: Agent, home: Path, folder: Path) -> Mapping[str, Sums]:
    """Its report of models. It counts messages, and reasoning beside the output."""
    program = str(folder / PACKAGES["tokscale"] / "bin" / "tokscale")
    output = run([program, "models", "--json", "--no-spinner", "--client", agent.tokscale], home)
    return {
        row["model"]: Sums(
            row["messageCount"],
            row["input"],
            row["cacheRead"],
            row["cacheWrite"],
            row["output"] + row.get("reasoning", 0),
        )
        for row in json.loads(output)["entries"]
    }


Counter = Callable[[str, Agent, Path, Path], Mapping[str, Sums]]
TRACKERS: Mapping[str, Counter] = {"burnbook": burnbook, "ccusage": ccusage, "tokscale": tokscale}


def readings(name: str, agent: Agent, home: Path, folder: Path) -> dict[str, Reading]:
    """What each tracker counts; `folder`: the node_modules of the trackers."""
    known = {"burnbook": True, "ccusage": bool(agent.ccusage), "tokscale": bool(agent.tokscale)}
    if not (ROOT / "config" / "feeds" / f"{agent.feed or name}.toml").exists():
        known["burnbook"] = False
    result = {}
    for tracker, count in TRACKERS.items():
        if not known[tracker]:
            result[tracker] = Reading({}, "does not read this agent")
            continue
        try:
            result[tracker] = Reading(count(name, agent, home, folder))
        except (Unreadable, ValueError, KeyError, TypeError) as error:
            result[tracker] = Reading({}, f"no figures ({type(error).__name__}: {error})")
    return result
