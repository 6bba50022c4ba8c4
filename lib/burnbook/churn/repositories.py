"""Which repositories the work happens in, and which commit each of them is at."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from burnbook.base.errors import BurnbookError, os_sentence
from burnbook.base.redact import redact
from burnbook.churn import git_head, settings
from burnbook.config.settings import PROJECT
from burnbook.context import Context
from burnbook.rows.meters import Commits
from burnbook.windows.snapshot_index import read_snapshots, snapshot_index


class Stand(NamedTuple):
    """The commit of each repository by its name, and the one that a said commit is about."""

    heads: dict[str, str]
    about: tuple[str, git_head.Repo] | None


def repositories(ctx: Context) -> dict[str, git_head.Repo | None]:
    """The declared ones by name (None: not there), else that of the current directory."""
    declared = settings.read(ctx.config).repositories
    if not declared:
        found = git_head.find(os.getcwd())
        return {} if found is None else {redact(found.name): found}
    places = {n: os.path.join(PROJECT, os.path.expanduser(p)) for n, p in declared.items()}
    return {name: git_head.find(place) for name, place in places.items()}


def mine(repos: Mapping[str, git_head.Repo | None]) -> str | None:
    """The only one, else the one that the current directory lies in, by name. Raises OSError."""
    if len(repos) == 1:
        return next(iter(repos))
    here = git_head.find(os.getcwd()) if repos else None
    for name, repo in repos.items():
        if here and repo and here.common == repo.common:
            return name
    return None


def stand(ctx: Context) -> Stand:
    """Read from git's files in less than a millisecond, outside of every lock.

    Whatever goes wrong is a note: what is being booked does not wait for it.
    """
    heads: dict[str, str] = {}
    about = None
    try:
        repos = repositories(ctx) if settings.read(ctx.config).record_commits else {}
        name = mine(repos)
        repo = repos[name] if name else None
        about = (name, repo) if name and repo else None
        for name, repo in repos.items():
            if repo is None:
                ctx.notes.append(f"no repository {name} is where churn.toml says; no commit of it")
            elif commit := git_head.commit(repo):
                heads[name] = commit
    except BurnbookError as error:
        ctx.notes.append(f"no commits are recorded: {error}")
    except OSError as error:
        ctx.notes.append(os_sentence("no commits are recorded", error))
    return Stand(heads, about)


def recorded(ctx: Context, window: str) -> dict[str, Commits]:
    """What a window's snapshots recorded: the first BEFORE and the last AFTER, by repository."""
    rows = read_snapshots(ctx.book, snapshot_index(ctx).counted(window))
    rows.sort(key=lambda row: row.captured_at)
    starts: dict[str, str] = {}
    ends: dict[str, str] = {}
    for row in rows:
        for name, commit in (row.commits or {}).items():
            if row.phase == "before":
                starts.setdefault(name, commit)
            else:
                ends[name] = commit
    return {name: Commits(starts.get(name), ends.get(name)) for name in {**starts, **ends}}
