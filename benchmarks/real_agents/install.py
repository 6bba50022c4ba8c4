"""Install packages of npm, each in a folder of its own."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from real_agents.agent import Agent
from real_agents.processes import run

NODE = "node@24"  # agents need a newer one than many machines have
SECONDS = 600


class Failed(Exception):
    """npm could not install a package; the message is its error."""


@dataclass(frozen=True)
class Npm:
    """npm, with its cache in a folder that is removed."""

    folder: Path

    @property
    def _cache(self) -> Path:
        return self.folder / "npm"

    def install(self, name: str, *packages: str) -> Path:
        """The node_modules of new packages, or those that an earlier run left. Raises Failed."""
        target = self.folder / "packages" / name
        modules = target / "node_modules"
        if modules.exists():
            return modules
        target.mkdir(parents=True, exist_ok=True)
        self._cache.mkdir(exist_ok=True)
        (target / "package.json").write_text('{"private": true}')
        words = ["npm", "install", "--no-audit", "--no-fund", "--no-update-notifier"]
        words += ["--loglevel=error", *packages]
        done = run(words, self._environment(), target, SECONDS)
        if done.returncode:
            shutil.rmtree(modules, ignore_errors=True)
            raise Failed(reason(done.stderr))
        shutil.rmtree(self._cache, ignore_errors=True)
        return modules

    def remove(self, name: str) -> None:
        """Remove what an agent needed: not all of them at once have to fit on the disk."""
        for folder in ("packages", "runs"):
            shutil.rmtree(self.folder / folder / name, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        """The user's, because npm may need its proxy and registry, but a cache of our own."""
        node = self.folder / "packages" / "node" / "node_modules" / ".bin"
        path = f"{node}{os.pathsep}{os.environ['PATH']}"
        ours = {"npm_config_cache": str(self._cache), "TMPDIR": str(self._cache)}
        return {**os.environ, "PATH": path, **ours}


def reason(stderr: str) -> str:
    """The line of npm's errors that explains the most."""
    lines = [line.removeprefix("npm error ").strip() for line in stderr.splitlines()]
    telling = [line for line in lines if line.startswith(("Error:", "notarget", "404"))]
    return (telling or [line for line in lines if line] or ["npm failed"])[0]


def version(modules: Path, package: str) -> str:
    """The version of an installed package."""
    text = (modules / package / "package.json").read_text("utf-8")
    return str(json.loads(text)["version"])


def program(modules: Path, agent: Agent, links: Path) -> Path:
    """A folder for PATH in which the agent's command is, whatever its package calls it."""
    target = modules / ".bin" / agent.program
    if not target.exists():
        target = modules / agent.program
    target.chmod(0o755)
    links.mkdir(parents=True, exist_ok=True)
    link = links / target.name
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    return links
