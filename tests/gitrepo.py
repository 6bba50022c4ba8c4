"""Git repositories that tests make with git itself, each commit at a moment that the test gives."""

import os
import subprocess
from pathlib import Path

from burnbook.churn.git import Git, find
from burnbook.insight.attribution.repository.read import Reading, read_repository

START = 1_790_000_000  # epoch seconds
_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"))
}


class GitRepo:
    """A repository in a folder. `at` are seconds after START."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.run("init", "--quiet", "--initial-branch=main", ".")
        self.commit("Start", 0, README="a\nb\nc\n")

    def run(self, *words: str, at: int = 0, authored: int | None = None) -> str:
        """Run git, and return what it prints."""
        moments = {
            "GIT_COMMITTER_DATE": f"{START + at} +0000",
            "GIT_AUTHOR_DATE": f"{START + (at if authored is None else authored)} +0000",
        }
        environment = {
            **{"PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_EDITOR": "true"},
            **{"GIT_CONFIG_NOSYSTEM": "1", **_WHO, **moments},
        }
        result = subprocess.run(
            ["git", *words], cwd=self.folder, env=environment, capture_output=True, check=True
        )
        return result.stdout.decode().strip()

    def commit(self, message: str, at: int, *flags: str, **files: str) -> str:
        """Commit some files, `name.py` for a keyword `name`, and return the hash."""
        for name, text in files.items():
            (self.folder / f"{name}.py").write_text(text, "utf-8")
        self.run("add", "--all")
        self.run("commit", "--quiet", "--allow-empty", "--message", message, *flags, at=at)
        return self.head()

    def head(self) -> str:
        """The hash of HEAD."""
        return self.run("rev-parse", "HEAD")

    def read(self) -> Reading:
        """The repository as `attribute` reads it."""
        location = find(str(self.folder))
        assert location is not None
        return read_repository(Git("app", location), START - 10, lambda path: False)
