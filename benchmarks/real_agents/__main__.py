"""Drive real agents against a mock of their APIs, and compare trackers with the truth.

Installs the newest packages of npm into the temporary folder (1 GB at a time, removed at the
end), and writes docs/measured_agents.md. With `--only`, the page is printed instead.
Exit code 1: burnbook is wrong for an agent; 69: this machine cannot isolate agents or has no npm.

Example:
  just real-agents
  just real-agents --only claude --only codex --keep /tmp/agents
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from real_agents.agent import Agent, agents
from real_agents.compare import Sums, by_model, logged, total, wrong_models
from real_agents.install import NODE, Failed, Npm, program, version
from real_agents.mock.exchange import Request
from real_agents.page import Measured, Skipped, page
from real_agents.processes import isolated, isolation_fault, run
from real_agents.trackers import PACKAGES, ROOT, readings

PAGE = ROOT / "docs" / "measured_agents.md"
UNAVAILABLE = 69
SECONDS = 900  # for all scenarios of an agent


def drive(name: str, agent: Agent, npm: Npm) -> tuple[str, Path]:
    """Install and drive an agent; its version, and the folder with its HOME and the truth.

    Raises Failed.
    """
    modules = npm.install(name, agent.package)
    folder = npm.folder / "runs" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    node = npm.folder / "packages" / "node" / "node_modules" / ".bin"
    commands = program(modules, agent, folder / "bin")
    environment = {
        "PATH": f"{commands}:{node}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    words = [sys.executable, "-m", "real_agents.drive", name, str(folder)]
    done = run(isolated(words), environment, folder, SECONDS)
    (folder / "drive.log").write_text(done.stderr)
    if done.returncode:
        raise Failed(f"could not be driven: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    return version(modules, agent.package), folder


def measure(name: str, agent: Agent, npm: Npm, trackers: Path) -> Measured:
    """Drive an agent and compare. Raises Failed."""
    number, folder = drive(name, agent, npm)
    truth = json.loads((folder / "truth.json").read_text())
    requests = [Request.of(row) for row in truth["requests"]]
    kept, reasons = logged(agent, requests)
    counted = readings(name, agent, folder / "home", trackers)
    ours = counted["burnbook"]
    ran = list(dict.fromkeys(command["scenario"] for command in truth["commands"]))
    answered = {request.scenario for request in requests}
    return Measured(
        title=agent.title,
        version=number,
        truth=total(by_model(kept).values(), Sums(0)),
        counted={
            tracker: reading.fault
            or total(reading.models.values(), Sums(None if tracker == "ccusage" else 0))
            for tracker, reading in counted.items()
        },
        models=[] if ours.fault else wrong_models(ours.models, by_model(kept)),
        unlogged=reasons,
        scenarios=ran,
        failed=[scenario for scenario in ran if scenario not in answered and scenario != "killed"],
        note=agent.note,
    )


@contextmanager
def workspace(kept: str | None) -> Iterator[Path]:
    """The folder for everything; a temporary one is removed, on SIGTERM and SIGHUP as well."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    if kept:
        Path(kept).mkdir(parents=True, exist_ok=True)
        yield Path(kept).resolve()
    else:
        with tempfile.TemporaryDirectory(
            prefix="burnbook-real-", ignore_cleanup_errors=True
        ) as folder:
            yield Path(folder)


def unavailable(folder: Path) -> str:
    """Why this machine cannot do this; empty if it can."""
    if not shutil.which("npm"):
        return "npm is not installed"
    if not shutil.which("unshare"):
        return "unshare (util-linux) is not installed"
    fault = isolation_fault(folder)
    return f"network namespaces are not permitted here ({fault})" if fault else ""


def arguments(known: Iterable[str]) -> argparse.Namespace:
    """The flags."""
    parser = argparse.ArgumentParser(
        prog="real-agents",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", choices=known, help="this agent; repeatable")
    parser.add_argument("--keep", metavar="DIR", help="work here, and remove nothing")
    parser.add_argument("--page", metavar="FILE", help="write the page there")
    return parser.parse_args()


def trackers_of(npm: Npm) -> tuple[Path, dict[str, str]]:
    """The folder of the other trackers, and their versions. Raises Failed."""
    npm.install("node", NODE)
    modules = npm.install("trackers", *PACKAGES.values())
    for package in PACKAGES.values():
        for binary in (modules / package / "bin").iterdir():
            binary.chmod(0o755)
    return modules, {name: version(modules, package) for name, package in PACKAGES.items()}


def main() -> int:
    """Measure the agents that are asked for."""
    known = agents()
    flags = arguments(known)
    measured: list[Measured] = []
    skipped: list[Skipped] = []
    with workspace(flags.keep) as folder:
        npm = Npm(folder)
        try:
            why = unavailable(folder)
            if why:
                raise Failed(why)
            trackers, versions = trackers_of(npm)
        except Failed as error:
            print(f"real-agents: nothing was measured: {error}", file=sys.stderr)
            return UNAVAILABLE
        for name in flags.only or known:
            agent = known[name]
            try:
                if agent.skipped:
                    raise Failed(agent.skipped)
                measured.append(measure(name, agent, npm, trackers))
                print(f"{agent.title}: {'exact' if measured[-1].exact else 'differs'}", flush=True)
            except Failed as error:
                skipped.append(Skipped(agent.title, agent.package, str(error)))
                print(f"{agent.title}: {error}", flush=True)
            if not flags.keep:
                npm.remove(name)
    day = datetime.now(UTC).date().isoformat()
    text = page(measured, skipped, versions, day)
    if flags.only and not flags.page:
        print(text)
    else:
        Path(flags.page or PAGE).write_text(text, "utf-8")
    return 0 if all(agent.exact for agent in measured) else 1


if __name__ == "__main__":
    raise SystemExit(main())
