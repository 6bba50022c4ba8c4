"""Runs git: argv arrays, a time limit, an output cap, and no program that a repository configures.

Everything that a repository's config or attributes could start is off: hooks, file system monitors,
external diffs, text conversion, pagers, and transports for missing objects. Of the caller's GIT_*
variables, only those that locate the user's own config are passed on. git's check of who owns a
repository stays on.
"""

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from burnbook.base import process
from burnbook.base.errors import BAD_DATA, IO, MISSING, BurnbookError, os_sentence
from burnbook.base.process import CompletedProcess
from burnbook.base.text import printable

TIMEOUT = 60.0  # seconds
FIND_TIMEOUT = 5.0  # for a snapshot, which records HEAD and must not wait for a hung disk
MAX_OUTPUT = 64 << 20
_MAX_STDERR = 1 << 16
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
# What git prints when a folder is in no working tree.
_NO_REPOSITORY = ("not a git repository", "cannot change to", "this operation must be run in a")

GIT_FAULTS = ("git-failed", "no-git")  # decisions about git itself, not about the commits


class NotCounted(BurnbookError):
    """Churn cannot be counted. `decision` is the reason as one word, `code` the exit code."""

    def __init__(self, decision: str, sentence: str, code: int = MISSING) -> None:
        super().__init__(sentence)
        self.decision, self.code = decision, code


class LimitReached(NotCounted):
    """git printed too much, or took too long. Fewer commits at once may do."""


class Repository(NamedTuple):
    """A working tree's top folder, its git directories, and the commit of HEAD, if it has one."""

    top: str
    gitdir: str
    common: str
    head: str | None

    @property
    def name(self) -> str:
        """The name of the repository's folder, also for linked worktrees. Printable text."""
        folder, last = os.path.split(self.common)
        if self.common == self.gitdir:
            folder, last = os.path.split(self.top)
        elif last == ".git":
            last = os.path.basename(folder)
        return os.fsencode(last).decode("utf-8", "replace").removesuffix(".git") or "root"


def find(path: str) -> Repository | None:
    """Returns the repository that contains a folder, or None. Raises NotCounted if git fails."""
    # One call, 3 ms. It fails with 1 after three lines if the repository has no commit yet.
    words = ("rev-parse", "--show-toplevel", "--git-dir", "--git-common-dir")
    argv = [*_argv(path), *words, "--verify", "--quiet", "HEAD^{commit}"]
    result = _bounded(argv, _environment(), f"git rev-parse in {printable(path)}", FIND_TIMEOUT)
    lines = os.fsdecode(result.out).splitlines()
    if result.code not in (0, 1) or len(lines) != 4 - result.code:
        message = _error(result)
        if message.startswith(_NO_REPOSITORY):
            return None
        raise NotCounted("git-failed", f"git cannot read {printable(path)}: {message}", IO)
    top, gitdir, common = (os.path.realpath(os.path.join(path, line)) for line in lines[:3])
    return Repository(top, gitdir, common, lines[3] if len(lines) == 4 else None)


class Git:
    """Queries one repository, known by `name`. Every method may raise NotCounted."""

    def __init__(self, name: str, repository: Repository) -> None:
        self.name, self.repository = name, repository

    def commit(self, revision: str) -> str:
        """Returns the full hash of the commit that a revision names."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        # An argument cannot contain NUL, and no revision is empty.
        is_valid = revision and "\0" not in revision
        result = self._run(*words) if is_valid else CompletedProcess(1, b"", b"")
        if result.code not in (0, 1):
            self._fail(result)
        name = result.out.decode("ascii", "replace").strip()
        if _COMMIT.fullmatch(name):  # `^v1` is valid for rev-parse, but names no commit
            return name
        if self.is_empty():
            raise NotCounted("no-commits", f"repository {self.name} has no commits yet")
        message = f"commit {revision!r} is not in repository {self.name}"
        if self.is_shallow():
            raise self._shallow(message)
        raise NotCounted("missing-commit", f"{message}, or the name is ambiguous")

    def is_empty(self) -> bool:
        """Returns whether no branch has a commit."""
        return not self.output("rev-list", "--max-count=1", "--all")

    def check_range(self, start: str, end: str) -> None:
        """Raises NotCounted unless `end` is `start` or a descendant, with all history between."""
        result = self._run("merge-base", "--is-ancestor", start, end)
        if result.code not in (0, 1):
            self._fail(result)
        between = f"{start[:12]}..{end[:12]}"
        # In a shallow clone, commits whose parents were not fetched look like root commits.
        is_cut = self.is_shallow() and (
            result.code == 1 or self.output("rev-list", "-n1", "--max-parents=0", f"{start}..{end}")
        )
        if is_cut:
            raise self._shallow(f"repository {self.name} lacks part of the history {between}")
        if result.code == 1:
            raise NotCounted(
                "not-a-descendant",
                f"commit_end {end[:12]} does not come after commit_start {start[:12]} "
                f"in repository {self.name}",
                BAD_DATA,
            )

    def commits(self, start: str, end: str, paths: Sequence[str]) -> int:
        """Returns the number of commits after `start`, up to `end`."""
        return int(self.output("rev-list", "--count", f"{start}..{end}", "--", *_globs(paths)))

    def changes(self, start: str, end: str, paths: Sequence[str]) -> bytes:
        """Returns the difference between two trees, NUL-separated: --raw, then --numstat."""
        return self.output(
            *("diff-tree", "-r", "--raw", "--numstat", "-z", "-M", "-l1000", "--no-color"),
            *("--no-ext-diff", "--no-textconv", "--ignore-submodules=all"),
            *(start, end, "--", *_globs(paths)),
        )

    def is_shallow(self) -> bool:
        """Returns whether the clone lacks the history before some commits."""
        return self.output("rev-parse", "--is-shallow-repository").strip() == b"true"

    def _shallow(self, message: str) -> NotCounted:
        return NotCounted(
            "shallow-clone", f"{message}; it is a shallow clone, run `git fetch --unshallow`"
        )

    def output(self, *words: str) -> bytes:
        """Returns what git prints for these arguments, at most MAX_OUTPUT bytes.

        Raises LimitReached for more, or if git takes longer than TIMEOUT.
        """
        result = self._run(*words)
        if result.code != 0:
            self._fail(result)
        return result.out

    def _run(self, *words: str) -> CompletedProcess:
        # This repository or none: git must not look further up.
        env = _environment() | {"GIT_CEILING_DIRECTORIES": os.path.dirname(self.repository.top)}
        argv = [*_argv(self.repository.top), *words]
        return _bounded(argv, env, f"git {words[0]} in {self.name}", TIMEOUT)

    def _fail(self, result: CompletedProcess) -> None:
        message = f"git cannot read repository {self.name}: {_error(result)}"
        raise NotCounted("git-failed", message, IO)


def _error(result: CompletedProcess) -> str:
    """Returns the first line of git's error message."""
    lines = result.err.decode("utf-8", "replace").splitlines() or [f"exit code {result.code}"]
    message = printable(lines[0].removeprefix("fatal: "))
    if "dubious ownership" in message:
        return "it belongs to another user; if you trust it, add it to git's safe.directory"
    return message


def _globs(paths: Sequence[str]) -> list[str]:
    """Returns pathspecs in which only `*`, `?`, `[]` and `**` are special."""
    return [f":(glob){path}" for path in paths]


def _argv(folder: str) -> list[str]:
    config = [word for setting in _CONFIG for word in ("-c", setting)]
    return ["git", "--no-pager", "-C", folder, *config]


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    return kept | _SET


def _bounded(
    argv: Sequence[str], env: dict[str, str], action: str, timeout: float
) -> CompletedProcess:
    try:
        return process.run(argv, timeout, out=MAX_OUTPUT, err=_MAX_STDERR, env=env)
    except (FileNotFoundError, PermissionError):
        raise NotCounted("no-git", "git is not on PATH; install it") from None
    except OSError as error:
        raise NotCounted("git-failed", os_sentence("cannot run git", error), IO) from None
    except ValueError as error:  # such as a NUL in an argument
        raise NotCounted("git-failed", f"cannot run git: {error}", IO) from None
    except process.LimitExceeded as error:
        raise LimitReached("git-failed", f"{action} {error}", IO) from None
