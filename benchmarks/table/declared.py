"""The rows and corpora that rows.toml declares."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("rows.toml")


class Corpus(NamedTuple):
    """Input to generate: the generator in benchmarks/ and its arguments, full and quick."""

    generator: str
    full: tuple[str, ...]
    quick: tuple[str, ...]


class Aim(NamedTuple):
    """A target: the `wall` or `cpu` time or the `memory` of `command` is at most `most`.

    `most` counts times that of the command `against`. Without one, it is in milliseconds or MB.
    """

    of: str
    most: float
    against: str = ""
    command: str = "burnbook"

    @property
    def names(self) -> tuple[str, ...]:
        """The commands that it is about."""
        return tuple(filter(None, (self.command, self.against)))

    def __str__(self) -> str:
        number = f"{self.most:g}"
        return f"{number}x {self.against}" if self.against else f"{number} {UNITS[self.of]}"


class Row(NamedTuple):
    """One job. `kind` is a module of jobs/; `behind` says why it misses an aim.

    `tool` and `new_mb` are for jobs about logs: the agent, and how much is new in each round,
    and which peers read the same.
    Short commands run `repeat` times as many rounds.
    """

    name: str
    job: str
    kind: str
    corpus: str
    aims: tuple[Aim, ...]
    tool: str = ""
    new_mb: float = 0
    peers: Sequence[str] = ("ccusage", "aiburn")
    repeat: int = 1
    behind: str = ""


UNITS = {"wall": "ms", "cpu": "ms", "memory": "MB"}


def load(path: Path = FILE) -> tuple[dict[str, Row], dict[str, Corpus]]:
    """The rows and the corpora by name, in the order of the file."""
    data = tomllib.loads(path.read_text("utf-8"))
    rows = {}
    for name, fields in data["rows"].items():
        aims = tuple(Aim(**aim) for aim in fields.pop("aims"))
        rows[name] = Row(name=name, aims=aims, **fields)
    corpora = {
        name: Corpus(each["generator"], tuple(each["full"]), tuple(each["quick"]))
        for name, each in data["corpora"].items()
    }
    return rows, corpora
