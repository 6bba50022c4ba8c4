"""Which commits are reverted, and by which commit."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from burnbook.insight.attribution.repository.changes import Changes
from burnbook.insight.attribution.repository.commits import Commit
from burnbook.insight.attribution.repository.pull_requests import without_pull

_HASH = re.compile(r"This reverts commit ([0-9a-f]{7,64})")
_PULL = re.compile(r"^Reverts \S*[#!](\d+)\s*$", re.MULTILINE)
_SUBJECT = re.compile(r'Revert "(.*)"\Z')


class Reverts(NamedTuple):
    """The reverts that still count: by the commit that is reverted, and by that of the main branch.

    A revert that is itself reverted does not count.
    """

    moments: Mapping[str, int]
    by_mainline: Mapping[str, frozenset[str]]


def find_reverts(changes: Changes) -> Reverts:
    """The reverted commits of the main branch, and when, in epoch seconds."""
    commits = changes.history.commits
    targets = {
        name: {*_targets(commits[name], changes)} - {name}
        for name in commits
        if name in changes.landed
    }
    targets = {name: names for name, names in targets.items() if names}
    undone: set[str] = set()
    for name in reversed(targets):  # the newest first: it decides whether older ones count
        if name not in undone:
            undone |= targets[name] & targets.keys()
    moments: dict[str, int] = {}
    by_mainline: dict[str, set[str]] = defaultdict(set)
    for name, reverted in targets.items():
        if name in undone:
            continue
        merge = changes.landed[name]
        by_mainline[merge] |= reverted
        for each in reverted:
            moments.setdefault(each, commits[merge].committed)
    return Reverts(moments, {name: frozenset(names) for name, names in by_mainline.items()})


def _targets(commit: Commit, changes: Changes) -> Iterator[str]:
    """The commits that a commit reverts; of a merge, all that it brought."""
    named = _HASH.findall(commit.message)
    for name in named:
        yield from _landed_by(_full(name, changes), changes)
    if named:
        return
    if pull := _PULL.search(commit.message):
        yield from (n for n, number in changes.pulls.items() if _is_in(n, number, pull[1], changes))
    elif match := _SUBJECT.match(without_pull(commit.subject)):
        subject = without_pull(match[1])
        same = [
            name
            for name in changes.landed
            if without_pull(changes.history.commits[name].subject) == subject
            and changes.history.commits[name].committed <= commit.committed
        ]
        if same:
            yield max(same, key=lambda name: (changes.history.commits[name].committed, name))


def _is_in(name: str, number: str, wanted: str, changes: Changes) -> bool:
    return number == wanted and name in changes.landed


def _full(name: str, changes: Changes) -> Iterable[str]:
    commits = changes.history.commits
    if name in commits:
        return (name,)
    return [each for each in commits if each.startswith(name)] if len(name) < 40 else ()


def _landed_by(names: Iterable[str], changes: Changes) -> Iterator[str]:
    for name in names:
        final = changes.final[name]
        if not changes.history.commits[final].is_merge:
            yield final
        else:
            yield from (each for each, merge in changes.landed.items() if merge == final)
