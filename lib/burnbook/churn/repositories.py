"""Which repositories the work happens in, and the commit that each of them is at."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from burnbook.base.errors import BurnbookError, os_sentence
from burnbook.base.redact import redact
from burnbook.churn import settings
from burnbook.churn.git import NotCounted, Repository, find
from burnbook.config.settings import PROJECT
from burnbook.context import Context
from burnbook.rows.meters import Commits
from burnbook.windows.snapshot_index import read_snapshots, snapshot_index


class Heads(NamedTuple):
    """The commit of each repository by name, and the repository that `--commit-start` refers to."""

    commits: dict[str, str]
    current: tuple[str, Repository] | None


def repositories(ctx: Context) -> dict[str, Repository | None]:
    """Returns the declared repositories by name (None: missing), else that of the current folder.

    Raises NotCounted if git fails, OSError if the current folder is gone.
    """
    declared = settings.read(ctx.config).repositories
    if not declared:
        repository = find(os.getcwd())
        return {} if repository is None else {redact(repository.name): repository}
    paths = {n: os.path.join(PROJECT, os.path.expanduser(p)) for n, p in declared.items()}
    return {name: find(path) for name, path in paths.items()}


def current_name(repos: Mapping[str, Repository | None]) -> str | None:
    """Returns the only repository, else the one that contains the current folder, by name."""
    if len(repos) == 1:
        return next(iter(repos))
    here = find(os.getcwd()) if repos else None
    for name, repository in repos.items():
        if here and repository and here.common == repository.common:
            return name
    return None


def read_heads(ctx: Context) -> Heads:
    """Reads HEAD of every repository: one git process of about 3 ms each. Never under a lock.

    Errors become notes, so that they do not prevent the booking.
    """
    commits: dict[str, str] = {}
    current = None
    rules = settings.Rules()
    try:
        rules = settings.read(ctx.config)
        repos = repositories(ctx) if rules.record_commits else {}
        name = current_name(repos)
        repository = repos[name] if name else None
        current = (name, repository) if name and repository else None
        for name, repository in repos.items():
            if repository is None:
                ctx.notes.append(
                    f"churn.toml: repository {name} does not exist; its commit is not recorded"
                )
            elif repository.head:
                commits[name] = repository.head
    except NotCounted as error:
        # Without git and without declared repositories, there is nothing to record.
        if error.decision != "no-git" or rules.repositories:
            ctx.notes.append(f"no commits are recorded: {error}")
    except BurnbookError as error:
        ctx.notes.append(f"no commits are recorded: {error}")
    except OSError as error:
        ctx.notes.append(os_sentence("no commits are recorded", error))
    return Heads(commits, current)


def recorded(ctx: Context, window: str) -> dict[str, Commits]:
    """Returns the commits of the first BEFORE and the last AFTER of a window, by repository."""
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
