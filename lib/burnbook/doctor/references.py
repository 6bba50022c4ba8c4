"""Values of config/ that are valid alone, but name something that does not exist, or clash."""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from burnbook.base.errors import BadConfig
from burnbook.churn import settings
from burnbook.churn.git import NotCounted, find
from burnbook.config import schedules
from burnbook.config.loader import Config
from burnbook.config.settings import PROJECT
from burnbook.config.toml_values import TomlFolder, any_of, shown
from burnbook.doctor import Verdict, programs
from burnbook.schedule import jobs
from burnbook.times import clock

_OF_PROVIDER = ("start", "end", "cross", "undo")  # recipes whose first argument is a provider


class Wrong(NamedTuple):
    """A value of a file, what is valid instead, and the verdict of the probe."""

    file: str
    key: str
    value: Any
    valid: str
    verdict: Verdict = "fail"

    def sentence(self, root: str) -> str:
        """Returns the mistake in the words of the other mistakes of a config."""
        path = os.path.join(root, self.file)
        return f"{path}: {self.key} = {shown(self.value)} is not valid; valid: {self.valid}"


def wrong_values(
    config: Config, providers: Collection[str], blocks: Collection[str]
) -> Iterator[Wrong]:
    """Yields every such value. `providers` have a pane, `blocks` are those of the preview."""
    checks: list[Callable[[], Iterator[Wrong]]] = [
        lambda: _windows(config),
        lambda: _aliases(config),
        lambda: _stops(config, providers),
        lambda: _blocks(config, blocks),
        lambda: _jobs(config, providers),
        lambda: _programs(config),
        lambda: _setup_token(config),
        lambda: _repositories(config),
    ]
    for check in checks:
        with suppress(BadConfig):  # a file that cannot be read has a probe of its own
            yield from [*check()]


def _windows(config: Config) -> Iterator[Wrong]:
    """A `next` that leads back to its window, and ends that are not in the order of windows."""
    windows = config.windows.windows
    for name, window in windows.items():
        chain, following = [name], window.next
        while following in windows and following not in chain:
            chain.append(following)
            following = windows[following].next
        if following == name:
            valid = f"a window that does not lead back to {name} ({' > '.join([*chain, name])})"
            yield Wrong("windows.toml", f"windows.{name}.next", window.next, valid)
        elif window.next is not None:
            ends, later = config.ends(name), config.ends(window.next)
            if ends is not None and later is not None and later <= ends:
                key, value = f"windows.{window.next}.ends", windows[window.next].ends
                yield Wrong("windows.toml", key, value, f"later than the end of {name}")


def _aliases(config: Config) -> Iterator[Wrong]:
    """A letter of two agents, also where another value of an agent is wrong."""
    owners: dict[str, str] = {}
    agents = TomlFolder(config.root).read("agents.toml").get("agents")
    for name, agent in agents.items() if isinstance(agents, dict) else ():
        alias = agent.get("alias") if isinstance(agent, dict) else None
        if isinstance(alias, str) and owners.setdefault(alias, name) != name:
            valid = f"a letter of its own; agents.{owners[alias]} has this one"
            yield Wrong("agents.toml", f"agents.{name}.alias", alias, valid)


def _stops(config: Config, providers: Collection[str]) -> Iterator[Wrong]:
    for name, rule in config.stops.items():
        if rule.provider is not None and rule.provider not in providers:
            valid = any_of(providers)
            yield Wrong("budgets.toml", f"stop.{name}.provider", rule.provider, valid)


def _blocks(config: Config, blocks: Collection[str]) -> Iterator[Wrong]:
    for at, block in enumerate(config.preview.blocks):
        if block not in blocks:
            yield Wrong("preview.toml", f"blocks[{at}]", block, any_of(blocks))


def _jobs(config: Config, providers: Collection[str]) -> Iterator[Wrong]:
    """The recipes of jobs, what they are called with, and the zone of their times."""
    spec, recipes = schedules.read(config), jobs.list_recipes()
    for name, job in spec.jobs.items():
        first = next((word for word in job.args if not word.startswith("-")), None)
        if job.recipe not in recipes:
            yield Wrong("schedules.toml", f"jobs.{name}.recipe", job.recipe, any_of(recipes))
            continue
        valid: Collection[str] | None = None
        if job.recipe == "capture":
            valid = spec.captures
        elif job.recipe in _OF_PROVIDER:
            valid = providers
        elif job.recipe == "ingest" and first is not None:
            valid = config.feed_names
        if valid is not None and first not in valid:
            key = f"jobs.{name}.args"
            yield Wrong("schedules.toml", key, list(job.args), f"first one of: {any_of(valid)}")
    reset = config.windows.timezone
    if not jobs.agree(spec.timezone, reset, clock.now()):
        valid_zone = f"{reset!r}, the zone of windows.toml"
        yield Wrong("schedules.toml", "timezone", spec.timezone, valid_zone, "warn")


def _programs(config: Config) -> Iterator[Wrong]:
    for each in programs.unreached(config):
        yield Wrong(each.file, each.key, each.program, each.valid, "warn")


def _setup_token(config: Config) -> Iterator[Wrong]:
    """Captures of Claude's pane that show no meters, because Claude Code has a setup token."""
    if not os.environ.get("CLAUDE_CODE_OAUTH_TOKEN"):
        return
    valid = '"statusline"; with a setup token (CLAUDE_CODE_OAUTH_TOKEN) /usage shows no meters'
    for name, agent in config.agents.items():
        if agent.provider == "claude" and "/usage" in agent.capture:
            key = f"agents.{name}.capture"
            yield Wrong("agents.toml", key, list(agent.capture), valid, "warn")


def _repositories(config: Config) -> Iterator[Wrong]:
    for name, path in settings.read(config).repositories.items():
        try:
            is_there = find(os.path.join(PROJECT, os.path.expanduser(path))) is not None
        except NotCounted as error:
            if error.decision == "no-git":
                return  # git has a probe of its own
            is_there = False
        if not is_there:
            valid = "a folder in a git repository"
            yield Wrong("churn.toml", f"repositories.{name}", path, valid, "warn")
