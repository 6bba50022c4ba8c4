"""Which repository each folder of the logs is in."""

import os
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from burnbook.base.errors import Missing
from burnbook.churn import settings
from burnbook.churn.git import Git, NotCounted, Repository, find
from burnbook.churn.repositories import repositories
from burnbook.context import Context

MOST_FOLDERS = 2000
"""Folders that are looked up, one git process each: 3 ms."""


class Folders(NamedTuple):
    """The repositories that have folders of the logs, and which of them each folder is in."""

    gits: Sequence[Git]
    of_folder: dict[str, int]


def find_folders(ctx: Context, folders: Iterable[str], paths: Sequence[str] | None) -> Folders:
    """The repositories of some folders; with `paths`, only those at these paths.

    A folder is in the repository that git finds there, or in one whose `folders` in
    config/churn.toml match it. Raises Missing if there is no repository at a path.
    """
    rules = settings.read(ctx.config)
    patterns = [(name, text) for name, texts in rules.folders.items() for text in texts]
    known = _named(ctx, paths)
    by_common = {git.repository.common: index for index, git in enumerate(known)}
    by_name = {git.name: index for index, git in enumerate(known)}
    of_folder: dict[str, int] = {}
    names = {git.name for git in known}
    for folder in sorted(folders)[:MOST_FOLDERS]:
        matching = (name for name, pattern in patterns if fnmatchcase(folder, pattern))
        declared = next((name for name in matching if name in by_name), None)
        if declared is not None:
            of_folder[folder] = by_name[declared]
            continue
        repository = _at(ctx, folder)
        if repository is None or (paths and repository.common not in by_common):
            continue
        if repository.common not in by_common:
            by_common[repository.common] = len(known)
            known.append(Git(_unused(repository.name, names), repository))
        of_folder[folder] = by_common[repository.common]
    return Folders(known, of_folder)


def _named(ctx: Context, paths: Sequence[str] | None) -> list[Git]:
    """The repositories at some paths, else the declared ones or that of the current folder."""
    current = _current(ctx)
    if paths is None:
        for name in (name for name, repository in current.items() if repository is None):
            ctx.notes.append(f"churn.toml: repository {name} has no working tree on this machine")
        return [Git(name, repository) for name, repository in current.items() if repository]
    named = []
    declared = {each.common: name for name, each in current.items() if each}
    for path in paths:
        repository = find(os.path.expanduser(path))
        if repository is None:
            raise Missing(f"--repo {path!r}: there is no git repository")
        name = declared.get(repository.common, repository.name)
        named.append(Git(name, repository))
    return named


def _current(ctx: Context) -> dict[str, Repository | None]:
    """The declared repositories, or that of the current folder. Raises NotCounted without git."""
    try:
        return repositories(ctx)
    except FileNotFoundError:  # the current folder is gone
        return {}
    except NotCounted as error:
        if error.decision == "no-git":  # no commit can be known, which is not the same as none
            raise
        ctx.notes.append(str(error))
        return {}


def _at(ctx: Context, folder: str) -> Repository | None:
    """The repository of a folder; of one that is gone, that of the folder which had it."""
    path = os.path.expanduser(folder)
    if not os.path.isabs(path):
        return None
    while not os.path.isdir(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    try:
        repository = find(path)
    except NotCounted as error:
        if error.decision == "no-git":
            raise
        if str(error) not in ctx.notes:
            ctx.notes.append(str(error))
        return None
    # A home folder under version control has all others in it, and none of them belongs to it.
    home = os.path.realpath(os.path.expanduser("~"))
    if repository is None or os.path.commonpath([home, repository.top]) == repository.top:
        return None
    return repository


def _unused(name: str, names: set[str]) -> str:
    """A name that no other repository has; it is then used."""
    number, unused = 2, name
    while unused in names:
        unused, number = f"{name}-{number}", number + 1
    names.add(unused)
    return unused
