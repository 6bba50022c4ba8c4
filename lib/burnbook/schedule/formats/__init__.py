"""Formats of schedulers. Each file of this folder is one format.

A module has `render(plan) -> Rendered`, which raises BadConfig for a plan that its scheduler does
not support, and `COMMENT`, the line above each file if several are printed.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from burnbook.base.files import plugins
from burnbook.times.cron import Expr

DEFAULT = "crontab"


class Task(NamedTuple):
    """One job: `words` is its argv, with absolute paths."""

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
    """The files of a plan, notes for the user, and the command that enables the files."""

    files: Sequence[File]
    notes: Sequence[str] = ()
    switch_on: str = ""


def mark(root: str) -> str:
    """Returns the comment in every file that names the project; valid in XML."""
    return f"Written by `just schedule` of {root} from config/schedules.toml".replace("--", "- -")


def names() -> tuple[str, ...]:
    """Returns every format, sorted."""
    return plugins(__path__[0])


def load(name: str) -> ModuleType:
    """Returns the module of a format."""
    return import_module(f"{__name__}.{name}")
