"""Changes: commits that are copies of each other count as one, wherever its lines are now.

A rebase, a cherry-pick or an amendment makes a copy of a commit, and a squash merge makes one
commit of several. A change lasts in one commit, its `final` one: that on the main branch if there
is one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from burnbook.insight.attribution.repository import pull_requests
from burnbook.insight.attribution.repository.commits import Commit, History
from burnbook.insight.attribution.repository.patches import EMPTY, Patch

_PICKED = re.compile(r"^\(cherry picked from commit ([0-9a-f]{7,64})\)$", re.MULTILINE)


class Changes(NamedTuple):
    """How the commits of a repository belong together.

    `final` has the commit in which each one lasts. `landed` has the commit of the main branch's
    first parents that brought it there. `branches` are the names of branches that a commit is or
    was on, as far as references and merges show them. `pulls` has the pull request of a commit.
    """

    history: History
    final: Mapping[str, str]
    landed: Mapping[str, str]
    branches: Mapping[str, frozenset[str]]
    pulls: Mapping[str, str]

    def issues(self, name: str) -> list[str]:
        """The issue keys of a commit that lasts, and of the commits that it consists of."""
        names = [name, *(each for each, final in self.final.items() if final == name)]
        keys: dict[str, None] = {}
        for each in names:
            commit = self.history.commits[each]
            on = self.branches.get(each, frozenset())
            keys |= dict.fromkeys(pull_requests.issues_of(commit, sorted(on)))
        return [*keys]


def find_landed(history: History) -> dict[str, str]:
    """The commits that can be reached from the main branch: which of its first parents has each."""
    landed: dict[str, str] = {}
    for name in history.mainline:
        for each in reachable(history.commits, [name], landed):
            landed[each] = name
    return landed


def reachable(
    commits: Mapping[str, Commit], tips: Iterable[str], without: Iterable[str] = ()
) -> set[str]:
    """The known commits that can be reached from some, without others and their ancestors."""
    known = without if isinstance(without, dict | set | frozenset) else {*without}
    reachable: set[str] = set()
    waiting = [tip for tip in tips if tip in commits and tip not in known]
    while waiting:
        name = waiting.pop()
        if name not in reachable:
            reachable.add(name)
            waiting += [p for p in commits[name].parents if p in commits and p not in known]
    return reachable


def find_branches(history: History, landed: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The branches that each commit is on: of references, and of the messages of merges."""
    named: dict[str, set[str]] = defaultdict(set)
    for branch, tip in history.branches.items():
        if branch != history.main:
            for name in reachable(history.commits, [tip], landed):
                named[name].add(branch)
    for merge, merged in _merged(history, landed).items():
        of_merge = pull_requests.merge_of(history.commits[merge]).branch
        for each in merged if of_merge is not None else ():
            named[each].add(str(of_merge))
    for name in history.mainline:
        if history.main is not None and not history.commits[name].is_merge:
            named[name].add(history.main)
    return {name: frozenset(branches) for name, branches in named.items()}


def _merged(history: History, landed: Mapping[str, str]) -> dict[str, list[str]]:
    """The commits that each merge on the main branch brought in."""
    merged: dict[str, list[str]] = {n: [] for n in history.mainline if history.commits[n].is_merge}
    for name, merge in landed.items():
        if merge in merged and name != merge:
            merged[merge].append(name)
    return merged


def find_pulls(history: History, landed: Mapping[str, str]) -> dict[str, str]:
    """The pull request of each commit: of merges, squashes, and fetched references."""
    pulls: dict[str, str] = {}
    for number, tip in sorted(history.pulls.items()):
        for name in reachable(history.commits, [tip], landed):
            pulls[name] = number
    for merge, merged in _merged(history, landed).items():
        of_merge = pull_requests.merge_of(history.commits[merge]).pull
        if of_merge is not None:
            pulls |= dict.fromkeys([merge, *merged], of_merge)
    for name, commit in history.commits.items():
        of_squash = pull_requests.squashed_pull(commit)
        if of_squash is not None:
            pulls[name] = of_squash
    return pulls


class Groups:
    """Sets of commits that are joined pair by pair (union-find)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, name: str) -> str:
        """The commit that stands for the group of another one."""
        while (above := self._above.get(name, name)) != name:
            name = above
        return name

    def join(self, first: str, second: str) -> None:
        """Make one group of two."""
        first, second = sorted((self.root(first), self.root(second)))
        self._above[second] = first


def find_copies(
    history: History, patches: Mapping[str, Patch], landed: Mapping[str, str]
) -> Groups:
    """Groups of commits that are copies of each other.

    Copies have the same author, moment and subject, or the same changed lines and subject, or one
    names the other. Two commits of the main branch are never copies: both count there.
    """
    groups = Groups()
    landed_in: dict[str, str] = {}  # the commit of each group that is on the main branch

    def join(name: str, other: str) -> None:
        first, second = groups.root(name), groups.root(other)
        on_main = landed_in.get(first), landed_in.get(second)
        if first == second or None not in on_main:
            return
        groups.join(first, second)
        if kept := on_main[0] or on_main[1]:
            landed_in[groups.root(name)] = kept

    known: dict[tuple[str, ...], str] = {}
    for name, commit in history.commits.items():
        if name in landed:
            landed_in[name] = name
        subject = pull_requests.without_pull(commit.subject)
        keys: list[tuple[str, ...]] = [("moment", commit.email, str(commit.authored), subject)]
        if digest := patches.get(name, EMPTY).digest:
            keys.append(("lines", digest, subject))
        for key in () if commit.is_merge else keys:
            join(known.setdefault(key, name), name)
        for picked in _PICKED.findall(commit.message):
            if picked in history.commits:
                join(picked, name)
    return groups


def find_final(
    history: History, groups: Groups, landed: Mapping[str, str], squashes: Mapping[str, str]
) -> dict[str, str]:
    """The commit in which each one lasts; `squashes` has the squash commit of commits."""
    on_branch = reachable(history.commits, history.branches.values())
    best: dict[str, tuple[tuple[bool, bool, int], str]] = {}
    for name, commit in history.commits.items():
        rank = (name in landed, name in on_branch, commit.committed)
        root = groups.root(name)
        best[root] = max(best.get(root, (rank, name)), (rank, name))
    squash_of = {groups.root(name): squash for name, squash in squashes.items()}
    final = {}
    for name in history.commits:
        root = groups.root(name)
        (is_landed, *_), kept = best[root]
        final[name] = kept if is_landed else squash_of.get(root, kept)
    return final
