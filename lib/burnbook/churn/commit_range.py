"""From which commit to which a window's work went, in each repository.

What is said wins, then what the window was finalized with, then what its snapshots recorded.
"""

import os
from collections.abc import Iterable
from typing import NamedTuple

from burnbook.base.errors import IO, UsageError, os_sentence
from burnbook.churn import git_head
from burnbook.churn.git import Git, NotCounted
from burnbook.churn.repositories import mine, recorded, repositories
from burnbook.context import Context
from burnbook.rows.meters import Commits, WindowRow

_NOTHING = Commits(None, None)


class Span(NamedTuple):
    """Two commits, as somebody named them."""

    start: str
    end: str


class Found(NamedTuple):
    """The repositories with a range, and the names of those without."""

    spans: tuple[tuple[Git, Span], ...]
    unknown: tuple[str, ...]


def find(ctx: Context, window: str, closing: WindowRow | None, said: Commits) -> Found:
    """Every repository's range; what was said is about the one in which the caller stands.

    Raises NotCounted where there is no repository or no range, UsageError where it is not clear
    which repository is meant.
    """
    try:
        return _find(ctx, window, closing, said)
    except FileNotFoundError as error:  # the current directory is gone
        raise NotCounted(
            "no-repository", os_sentence("no repository was found", error), IO
        ) from None
    except OSError as error:
        raise NotCounted(
            "git-failed", os_sentence("the window's commits cannot be looked for", error), IO
        ) from None


def _find(ctx: Context, window: str, closing: WindowRow | None, said: Commits) -> Found:
    booked = recorded(ctx, window)
    closed = (closing.commits if closing else None) or {}
    alone = Commits(closing.commit_start, closing.commit_end) if closing else _NOTHING
    repos = repositories(ctx)
    if not repos and not closed and not booked and {said, alone} == {_NOTHING}:
        raise _unknown(window, _NOTHING, "it was not begun in a git repository")
    gits = [_there(name, repo) for name, repo in repos.items()]
    if not gits:
        raise NotCounted(
            "no-repository",
            f"{os.getcwd()} is in no git repository; go to one, or declare it in churn.toml",
        )
    here = _about(repos, said)
    spans, ends = [], _NOTHING
    for git in gits:
        told = [said] if git.name == here else []
        told += [closed.get(git.name, _NOTHING)]
        told += [alone] if len(gits) == 1 and not closed else []
        told += [booked.get(git.name, _NOTHING)]
        ends = Commits(_first(one.start for one in told), _first(one.end for one in told))
        if ends.start is not None and ends.end is not None:
            spans.append((git, Span(ends.start, ends.end)))
    if not spans:
        raise _none(window, gits, ends, sorted({*closed, *booked} - {*repos}))
    known = {git.name for git, _ in spans}
    return Found(tuple(spans), tuple(name for name in repos if name not in known))


def _there(name: str, repo: git_head.Repo | None) -> Git:
    if repo is None:
        raise NotCounted("no-repository", f"no repository {name} is where churn.toml says")
    return Git(name, repo)


def _about(repos: dict[str, git_head.Repo | None], said: Commits) -> str | None:
    """The repository that a said commit is about."""
    found = mine(repos)
    if found is not None or said == _NOTHING:
        return found
    raise UsageError(
        f"which repository is meant? give commits inside one of {', '.join(sorted(repos))}"
    )


def _first(said: Iterable[str | None]) -> str | None:
    return next((one for one in said if one is not None), None)


def _none(window: str, gits: list[Git], ends: Commits, others: list[str]) -> NotCounted:
    if all(git.is_empty() for git in gits):
        names = ", ".join(git.name for git in gits)
        return _unknown(window, ends, f"repository {names} has no commits yet")
    if others:
        return _unknown(window, ends, f"it was recorded in repository {', '.join(others)}")
    return _unknown(window, ends, "it was not recorded")


def _unknown(window: str, ends: Commits, why: str) -> NotCounted:
    sides = [("start", ends.start), ("end", ends.end)]
    lacking = " or ".join(f"commit_{name}" for name, commit in sides if commit is None)
    flags = " and ".join(f"--commit-{name}" for name, commit in sides if commit is None)
    return NotCounted(
        "missing-commit-range", f"no {lacking} of {window} is known: {why}; {flags} can say it"
    )
