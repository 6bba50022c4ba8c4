"""What the jobs share: folders, the commands of burnbook, and what a job consists of."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from measure import Command

from table import peers
from table.corpora import Corpora

BIN = peers.ROOT / "bin"


def nothing() -> dict[str, str]:
    """No peer reports a figure."""
    return {}


class Job(NamedTuple):
    """A prepared row. `commands` returns those of a round by name; round 0 is to warm up.

    `wrong` lists the figures of burnbook that are not the true ones, after the commands ran.
    `deviations` returns how far each peer is from the truth. Memory is measured for the commands
    that `memory` names.
    """

    commands: Callable[[int], Mapping[str, Command]]
    wrong: Callable[[], list[str]]
    deviations: Callable[[], dict[str, str]] = nothing


class Bench(NamedTuple):
    """The inputs, the folder of books and outputs, and the installed peers."""

    corpora: Corpora
    versions: Mapping[str, str]

    @property
    def work(self) -> Path:
        """The folder for everything."""
        return self.corpora.work

    def book(self, name: str) -> Path:
        """Where a book is; its folder exists."""
        books = self.work / "books"
        books.mkdir(exist_ok=True)
        return books / name

    def out(self, name: str) -> Path:
        """Where a command's output goes."""
        outputs = self.work / "outputs"
        outputs.mkdir(exist_ok=True)
        return outputs / name

    def burnbook(self, script: str, *words: str, book: Path, home: Path | None = None) -> Command:
        """A script of burnbook on a book."""
        argv = [str(BIN / script), *words, "--data-dir", str(book)]
        return Command(argv, env=peers.environment(home or self.empty_home()))

    def empty_home(self) -> Path:
        """A home folder without agents' logs."""
        home = self.work / "homes" / "empty"
        home.mkdir(parents=True, exist_ok=True)
        return home
