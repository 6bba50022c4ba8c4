"""Finds the commits that a squash merge made one commit of."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from burnbook.churn.git import Git
from burnbook.insight.attribution.repository import pull_requests
from burnbook.insight.attribution.repository.changes import Groups, reachable
from burnbook.insight.attribution.repository.commits import Commit, History
from burnbook.insight.attribution.repository.patches import Patch, read_difference

_NAMED = re.compile(r"^commit ([0-9a-f]{40}|[0-9a-f]{64})$", re.MULTILINE)  # `git merge --squash`
_BULLET = re.compile(r"^\s*[*-]\s+")
_MOST_TIPS = 300  # newest branches that are compared as a whole, 3 ms each
_OLDEST = 90 * 86_400  # seconds from a commit to the squash that lists its subject


def find_squashes(
    git: Git,
    history: History,
    patches: Mapping[str, Patch],
    groups: Groups,
    landed: Mapping[str, str],
    is_excluded: Callable[[bytes], bool],
) -> dict[str, str]:
    """The squash commit of each commit that is part of one. Raises NotCounted.

    A squash names its commits by hash or lists their subjects, its pull request's reference was
    fetched, or it changes the same lines as a whole branch.
    """
    in_main = {groups.root(name) for name in landed}
    is_open = {
        name
        for name, commit in history.commits.items()
        if not commit.is_merge and groups.root(name) not in in_main
    }
    by_lines = dict(_of_branches(git, history, patches, is_open, landed, is_excluded))
    by_subject: dict[str, list[Commit]] = defaultdict(list)
    for name in is_open:
        by_subject[history.commits[name].subject].append(history.commits[name])
    squashes: dict[str, str] = {}
    for name in landed:
        commit = history.commits[name]
        if commit.is_merge:
            continue
        members = {each for each in _NAMED.findall(commit.message) if each in is_open}
        members |= _listed(commit, by_subject)
        members |= by_lines.get(name, set())
        if (number := pull_requests.squashed_pull(commit)) in history.pulls:
            members |= reachable(history.commits, [history.pulls[str(number)]], landed) & is_open
        for each in members:
            if history.commits[each].created <= commit.committed:
                squashes.setdefault(each, name)
    return squashes


def _listed(squash: Commit, by_subject: Mapping[str, list[Commit]]) -> set[str]:
    """The commits whose subjects the body of a message lists, the newest of each subject."""
    members = set()
    for line in squash.message.splitlines()[1:]:
        subject = _BULLET.sub("", line).strip()
        if subject == line.strip() and len(subject.split()) < 2:
            continue  # a single word is no list
        fitting = [
            each
            for each in by_subject.get(subject, ())
            if 0 <= squash.committed - each.created <= _OLDEST
        ]
        if fitting:
            members.add(max(fitting, key=lambda each: (each.created, each.hash)).hash)
    return members


def _of_branches(
    git: Git,
    history: History,
    patches: Mapping[str, Patch],
    is_open: set[str],
    landed: Mapping[str, str],
    is_excluded: Callable[[bytes], bool],
) -> Iterator[tuple[str, set[str]]]:
    """Commits of the main branch with the same lines as a branch, and the commits of the branch."""
    by_digest = {
        patches[name].digest: name
        for name in landed
        if name in patches and patches[name].digest and not history.commits[name].is_merge
    }
    parents = {parent for name in is_open for parent in history.commits[name].parents}
    tips = sorted(is_open - parents, key=lambda tip: (-history.commits[tip].committed, tip))
    for tip in tips[:_MOST_TIPS]:
        members = reachable(history.commits, [tip], landed)
        fork = _fork(history, tip, landed)
        if fork is None or len(members) < 2:
            continue  # a branch of one commit is compared as a copy
        whole = read_difference(git, fork, tip, is_excluded)
        if whole.digest in by_digest:
            yield by_digest[whole.digest], members & is_open


def _fork(history: History, tip: str, landed: Mapping[str, str]) -> str | None:
    """The commit of the main branch at which a branch began; None if that is not known."""
    name = tip
    while name in history.commits and name not in landed:
        parents = history.commits[name].parents
        if not parents:
            return None
        name = parents[0]
    return name
