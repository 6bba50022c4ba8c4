"""Programs that jobs start, and that the jobs' PATH does not reach."""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from burnbook.config import schedules
from burnbook.config.loader import Config

_INTERPRETER = re.compile(rb"#!\s*(\S+)(?:[ \t]+(?:-S[ \t]+)?(?:\w+=\S*[ \t]+)*([^\s-]\S*))?")


class Unreached(NamedTuple):
    """A program, the file and the key that name it, and what is valid instead."""

    file: str
    key: str
    program: str
    valid: str


def unreached(config: Config) -> Iterator[Unreached]:
    """Each such program of each agent, capture and hook, and what its script needs to run."""
    path, seen = schedules.read(config).path, set()
    for file, key, program in _programs(config):
        for needed in (program, *_interpreter(program)):
            owner = key.split(".")[1] if file == "agents.toml" else file
            if (owner, needed) in seen or shutil.which(needed, path=path):
                continue
            seen.add((owner, needed))
            of = "" if needed == program else f", which {program} needs"
            yield Unreached(file, key, needed, _valid(needed, path, of))


def _programs(config: Config) -> Iterator[tuple[str, str, str]]:
    """The programs with their file and key."""
    for name, agent in config.agents.items():
        kind, key = agent.capture, f"agents.{name}.capture"
        if kind == "tmux":
            yield "agents.toml", key, kind
        settings = getattr(agent, kind, None) if isinstance(kind, str) else None
        argv = getattr(settings, "command", ()) if isinstance(kind, str) else kind
        argv_key = f"agents.{name}.{kind}.command" if isinstance(kind, str) else key
        yield from _first("agents.toml", argv_key, argv)
    for name, capture in schedules.read(config).captures.items():
        yield from _first("schedules.toml", f"captures.{name}.argv", capture.argv)
    yield from _first("budgets.toml", "notify.command", config.notify.command)


def _first(file: str, key: str, argv: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    if argv:
        yield file, f"{key}[0]", argv[0]


def _interpreter(program: str) -> Iterator[str]:
    """The program that a script's first line names, such as node; none for other programs."""
    found = shutil.which(program)
    try:
        with open(found or "", "rb") as file:
            match = _INTERPRETER.match(file.readline(256))
    except OSError:
        return
    if match is not None:
        is_env = os.path.basename(match[1]) == b"env" and match[2]
        yield os.fsdecode(match[2] if is_env else match[1])


def _valid(program: str, path: str, of: str) -> str:
    """What is valid: with the line to write, if the program is here."""
    elsewhere = shutil.which(program)
    if elsewhere is None:
        return f"a program on the jobs' PATH{of}; add its folder to `path` in schedules.toml"
    folder = os.path.dirname(os.path.abspath(elsewhere))
    return f'a program on the jobs\' PATH{of}; write path = "{path}:{folder}" in schedules.toml'
