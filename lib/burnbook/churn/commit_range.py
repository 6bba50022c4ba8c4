"""The commit range of a window in each repository.

Revisions that the caller gives come first, then those of `finalize`, then those of the snapshots.
"""

import os
from collections.abc import Iterable
from typing import NamedTuple

from burnbook.base.errors import IO, UsageError, os_sentence
from burnbook.churn.git import Git, NotCounted, Repository
from burnbook.churn.repositories import current_name, recorded, repositories
from burnbook.context import Context
from burnbook.rows.meters import Commits, WindowRow

_NONE = Commits(None, None)


class Span(NamedTuple):
    """Two revisions, as they were given or recorded."""

    start: str
    end: str


class Ranges(NamedTuple):
    """The repositories with a range, and the names of those without."""

    spans: tuple[tuple[Git, Span], ...]
    unknown: tuple[str, ...]


def find(
    ctx: Context, window: str, closing: WindowRow | None, given: Commits, *, to_head: bool = False
) -> Ranges:
    """Returns the range of every repository; `given` revisions refer to the current one.

    With `to_head`, a range without an end is that up to HEAD, if the window is not finalized.
    Raises NotCounted if there is no repository or no range, UsageError if it is ambiguous which
    repository `given` refers to.
    """
    try:
        return _find(ctx, window, closing, given, to_head=to_head and closing is None)
    except FileNotFoundError as error:  # the current folder is gone
        raise NotCounted("no-repository", os_sentence("no repository", error), IO) from None
    except OSError as error:
        raise NotCounted(
            "git-failed", os_sentence("cannot read the window's commits", error), IO
        ) from None


def _find(
    ctx: Context, window: str, closing: WindowRow | None, given: Commits, *, to_head: bool
) -> Ranges:
    booked = recorded(ctx, window)
    closed = (closing.commits if closing else None) or {}
    only = Commits(closing.commit_start, closing.commit_end) if closing else _NONE
    repos = repositories(ctx)
    if not repos and not closed and not booked and {given, only} == {_NONE}:
        raise _unknown(window, _NONE, "it was not started in a git repository")
    gits = [_git(name, repository) for name, repository in repos.items()]
    if not gits:
        raise NotCounted(
            "no-repository",
            f"{os.getcwd()} is not in a git repository; change to one, or declare it in churn.toml",
        )
    current = _current(repos, given)
    spans, ends = [], _NONE
    for git in gits:
        sources = [given] if git.name == current else []
        sources += [closed.get(git.name, _NONE)]
        sources += [only] if len(gits) == 1 and not closed else []
        sources += [booked.get(git.name, _NONE)]
        ends = Commits(_first(c.start for c in sources), _first(c.end for c in sources))
        if to_head and ends.start is not None and ends.end is None:
            ends = Commits(ends.start, git.repository.head)
        if ends.start is not None and ends.end is not None:
            spans.append((git, Span(ends.start, ends.end)))
    if not spans:
        raise _no_range(window, gits, ends, sorted({*closed, *booked} - {*repos}))
    known = {git.name for git, _ in spans}
    return Ranges(tuple(spans), tuple(name for name in repos if name not in known))


def _git(name: str, repository: Repository | None) -> Git:
    if repository is None:
        raise NotCounted("no-repository", f"churn.toml: repository {name} does not exist")
    return Git(name, repository)


def _current(repos: dict[str, Repository | None], given: Commits) -> str | None:
    """Returns the name of the repository that given revisions refer to."""
    name = current_name(repos)
    if name is not None or given == _NONE:
        return name
    raise UsageError(
        "the commits do not say which repository they are in; run this inside one of "
        f"{', '.join(sorted(repos))}"
    )


def _first(revisions: Iterable[str | None]) -> str | None:
    return next((revision for revision in revisions if revision is not None), None)


def _no_range(window: str, gits: list[Git], ends: Commits, others: list[str]) -> NotCounted:
    if all(git.is_empty() for git in gits):
        names = ", ".join(git.name for git in gits)
        return _unknown(window, ends, f"repository {names} has no commits yet")
    if others:
        return _unknown(window, ends, f"it was recorded in repository {', '.join(others)}")
    return _unknown(window, ends, "it was not recorded")


def _unknown(window: str, ends: Commits, reason: str) -> NotCounted:
    sides = [("start", ends.start), ("end", ends.end)]
    missing = " and ".join(f"commit_{name}" for name, commit in sides if commit is None)
    flags = " and ".join(f"--commit-{name}" for name, commit in sides if commit is None)
    return NotCounted("missing-commit-range", f"{window} has no {missing}: {reason}; give {flags}")
