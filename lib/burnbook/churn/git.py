"""Asks git, bounded: argv arrays, a time limit, an output cap, and no program of a repository's.

What a repository's own config or attributes could start (hooks, file system monitors, external
diffs, text conversion, pagers, transports for missing objects) stays off, and of the environment's
GIT_* only what says where people's own config is. git's check of who owns a repository stays on.
"""

import os
import re
from collections.abc import Sequence

from burnbook.base import process
from burnbook.base.errors import BAD_DATA, IO, MISSING, BurnbookError, os_sentence
from burnbook.base.process import CompletedProcess
from burnbook.base.text import printable
from burnbook.churn.git_head import Repo

TIMEOUT = 60.0
MAX_OUTPUT = 64 << 20
_MAX_SAID = 1 << 16
_KEPT = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SET = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_CONFIG = (
    *("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.quotepath=off"),
    *("protocol.allow=never", "gc.auto=0", "maintenance.auto=false"),
)


UNASKED = ("git-failed", "no-git")  # decisions that tell of git itself, not of the commits


class NotCounted(BurnbookError):
    """Churn cannot be counted; `decision` is the reason in one word, `code` the exit code."""

    def __init__(self, decision: str, sentence: str, code: int = MISSING) -> None:
        super().__init__(sentence)
        self.decision, self.code = decision, code


class Git:
    """One repository, by the name that people know it by. Every method may raise NotCounted."""

    def __init__(self, name: str, repo: Repo) -> None:
        self.name, self.repo = name, repo

    def commit(self, said: str) -> str:
        """The whole name of the commit that somebody named."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{said}^{{commit}}")
        # argv can hold neither; no commit is called so.
        found = CompletedProcess(1, b"", b"") if "\0" in said or not said else self._run(*words)
        if found.code not in (0, 1):
            self._fault(found)
        name = found.out.decode("ascii", "replace").strip()
        if _COMMIT.fullmatch(name):  # `^v1` is a word of git's too, but names no commit
            return name
        if self.is_empty():
            raise NotCounted("no-commits", f"repository {self.name} has no commits yet")
        what = f"commit {said!r} is not in repository {self.name}"
        if self._is_shallow():
            raise self._shallow(what)
        raise NotCounted("missing-commit", f"{what}, or the name fits more than one")

    def is_empty(self) -> bool:
        """Whether it has no commits at all, on any branch."""
        return not self._out("rev-list", "--max-count=1", "--all")

    def check_range(self, start: str, end: str) -> None:
        """That the end comes after the start, or is it, and that all between them is there."""
        found = self._run("merge-base", "--is-ancestor", start, end)
        if found.code not in (0, 1):
            self._fault(found)
        between = f"{start[:12]}..{end[:12]}"
        # In a shallow clone the commits whose parents were not fetched look like first ones.
        cut = self._is_shallow() and (
            found.code == 1 or self._out("rev-list", "-n1", "--max-parents=0", f"{start}..{end}")
        )
        if cut:
            raise self._shallow(f"history between {between} is not all in repository {self.name}")
        if found.code == 1:
            raise NotCounted(
                "not-a-descendant",
                f"commit_end {end[:12]} does not come after commit_start {start[:12]} "
                f"in repository {self.name}",
                BAD_DATA,
            )

    def commits(self, start: str, end: str, paths: Sequence[str]) -> int:
        """How many commits lie after the start, up to the end."""
        return int(self._out("rev-list", "--count", f"{start}..{end}", "--", *_globs(paths)))

    def changes(self, start: str, end: str, paths: Sequence[str]) -> bytes:
        """What differs between the trees of two commits: NUL-separated --raw, then --numstat."""
        return self._out(
            *("diff-tree", "-r", "--raw", "--numstat", "-z", "-M", "-l1000", "--no-color"),
            *("--no-ext-diff", "--no-textconv", "--ignore-submodules=all"),
            *(start, end, "--", *_globs(paths)),
        )

    def _is_shallow(self) -> bool:
        return self._out("rev-parse", "--is-shallow-repository").strip() == b"true"

    def _shallow(self, what: str) -> NotCounted:
        return NotCounted(
            "shallow-clone", f"{what}, a shallow clone; `git fetch --unshallow` gets the rest"
        )

    def _out(self, *words: str) -> bytes:
        found = self._run(*words)
        if found.code != 0:
            self._fault(found)
        return found.out

    def _run(self, *words: str) -> CompletedProcess:
        config = [word for setting in _CONFIG for word in ("-c", setting)]
        argv = ["git", "--no-pager", "-C", self.repo.top, *config, *words]
        return _bounded(argv, _environment(self.repo), f"git {words[0]} in {self.name}")

    def _fault(self, found: CompletedProcess) -> None:
        lines = found.err.decode("utf-8", "replace").splitlines() or [f"exit code {found.code}"]
        said = printable(lines[0].removeprefix("fatal: "))
        if "dubious ownership" in said:
            said = "it belongs to somebody else; git's safe.directory setting says whom to trust"
        raise NotCounted("git-failed", f"git cannot read repository {self.name}: {said}", IO)


def _globs(paths: Sequence[str]) -> list[str]:
    """Pathspecs in which only `*`, `?`, `[]` and `**` mean something."""
    return [f":(glob){path}" for path in paths]


def _environment(repo: Repo) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    # This repository or none: git must not look further up.
    return kept | _SET | {"GIT_CEILING_DIRECTORIES": os.path.dirname(repo.top)}


def _bounded(argv: Sequence[str], env: dict[str, str], what: str) -> CompletedProcess:
    try:
        return process.run(argv, TIMEOUT, out=MAX_OUTPUT, err=_MAX_SAID, env=env)
    except (FileNotFoundError, PermissionError):
        raise NotCounted("no-git", "git is not on PATH; churn is counted by it") from None
    except (OSError, ValueError) as error:
        said = os_sentence("cannot run git", error) if isinstance(error, OSError) else str(error)
        raise NotCounted("git-failed", said, IO) from None
    except process.LimitExceeded as error:
        raise NotCounted("git-failed", f"{what} {error}", IO) from None
