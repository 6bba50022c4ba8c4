"""Schedulers: one file each that says the jobs in its own form, found by listing this folder.

A module has `render(plan) -> Rendered`, pure, which raises BadConfig for what its scheduler cannot
say, and `COMMENT`, how a file's name is written above it where several are printed.
"""

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from burnbook.times.cron import Expr

DEFAULT = "crontab"


class Task(NamedTuple):
    """One job ready to be said: `words` is its argv, with absolute paths."""

    name: str
    times: Sequence[Expr]
    words: Sequence[str]
    catch_up: bool


class Plan(NamedTuple):
    """All jobs of a project. `timezone` is `local` or an IANA name."""

    name: str
    root: str
    timezone: str
    environment: Mapping[str, str]
    tasks: Sequence[Task]


class File(NamedTuple):
    """A file's name and its text."""

    name: str
    text: str


class Rendered(NamedTuple):
    """The files of a plan, what its reader should know, and how they are switched on."""

    files: Sequence[File]
    notes: Sequence[str] = ()
    switch_on: str = ""


def mark(root: str) -> str:
    """What stands in a comment of every file, and tells whose it is; as XML wants comments."""
    return f"Written by `just schedule` of {root} from config/schedules.toml".replace("--", "- -")


def names() -> list[str]:
    """Every scheduler there is."""
    found = [name[:-3] for name in os.listdir(__path__[0]) if name.endswith(".py")]
    return sorted(name for name in found if not name.startswith("_"))


def load(name: str) -> ModuleType:
    """The module of a scheduler."""
    return import_module(f"{__name__}.{name}")
