"""Drive one agent through its scenarios: `python -m real_agents.drive NAME FOLDER`, in isolation.

Writes FOLDER/truth.json: the requests, and how each command ended.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from real_agents.agent import Agent, Place, agents
from real_agents.mock.server import Server
from real_agents.processes import start_loopback, stop_group

SECONDS = 90  # for one command; agents wait between retries
# No agent needs these inside of the namespace; they save the time that it would wait.
QUIET = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "NO_UPDATE_NOTIFIER": "1",
}


@dataclass
class Commands:
    """Runs the commands of an agent, and keeps how they ended."""

    server: Server
    place: Place
    environment: Mapping[str, str]
    outcomes: list[dict[str, Any]]

    def __call__(self, scenario: str, *words: str, kill: bool = False) -> str:
        """Its output. `kill`: SIGKILL to its group as soon as the answer has begun to stream."""
        self.server.begin(scenario)
        started = time.monotonic()
        process = subprocess.Popen(
            words,
            cwd=self.place.repository,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        if kill:
            threading.Thread(target=self._kill, args=(process,), daemon=True).start()
        try:
            out, error = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            stop_group(process)
            out, error = process.communicate()
            error += f"\nstopped after {SECONDS} s"
        stop_group(process)  # what it left behind
        outcome = {"scenario": scenario, "code": process.returncode, "error": error[-2000:]}
        seconds = round(time.monotonic() - started, 1)
        shown = f"{scenario}: code {process.returncode}, {seconds} s, {error.strip()[-100:]!r}"
        print(shown, file=sys.stderr, flush=True)
        self.outcomes.append({**outcome, "seconds": seconds, "output": out[-2000:]})
        return out

    def _kill(self, process: "subprocess.Popen[str]") -> None:
        if self.server.hanging.wait(SECONDS):
            stop_group(process)


def environment(place: Place, agent: Agent, path: str) -> dict[str, str]:
    """What an agent sees: nothing of the user's."""
    common = {"HOME": str(place.home), "PATH": path, "USER": "ada", "SHELL": "/bin/sh"}
    locale = {"LANG": "C.UTF-8", "TERM": "xterm-256color", "TZ": "UTC"}
    temporary = {"TMPDIR": str(place.home / "tmp")}
    return {**common, **locale, **temporary, **QUIET, **agent.environment(place)}


def prepare(place: Place, agent: Agent) -> None:
    """An empty HOME with the agent's settings, and a repository."""
    shutil.rmtree(place.home, ignore_errors=True)
    place.repository.mkdir(parents=True)
    (place.home / "tmp").mkdir()
    git = ["git", "-c", "user.name=ada", "-c", "user.email=ada@example.com"]
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run([*git, *words], cwd=place.repository, check=True)
    for name, content in agent.files(place).items():
        file = place.home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))


def main(name: str, folder: Path) -> None:
    """Drive an agent."""
    start_loopback()
    agent = agents()[name]
    server = Server(name, agent.arguments)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = Place(folder / "home", server.url)
    prepare(place, agent)
    run = Commands(server, place, environment(place, agent, os.environ["PATH"]), [])
    agent.drive(run, place)
    server.released.set()
    truth = {
        "requests": [request.row() for request in server.requests],
        "commands": run.outcomes,
        "unknown": server.unknown,
    }
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
