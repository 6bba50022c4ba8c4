"""Reads everything about a repository that attribution needs, in a few calls of git."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from burnbook.churn.git import Git
from burnbook.insight.attribution.repository.changes import (
    Changes,
    find_branches,
    find_copies,
    find_final,
    find_landed,
    find_pulls,
)
from burnbook.insight.attribution.repository.commits import read_history
from burnbook.insight.attribution.repository.lines import Fate, track
from burnbook.insight.attribution.repository.patches import EMPTY, Patch, read_patches
from burnbook.insight.attribution.repository.reverts import Reverts, find_reverts
from burnbook.insight.attribution.repository.squashes import find_squashes


class Reading(NamedTuple):
    """A repository's changes with their patches. `too_large` patches could not be read.

    In a shallow clone, the oldest commits have no patch: they would seem to add all that was there.
    """

    git: Git
    changes: Changes
    patches: Mapping[str, Patch]
    is_excluded: Callable[[bytes], bool]
    too_large: int
    is_shallow: bool

    def fates(self) -> tuple[dict[str, Fate], Reverts]:
        """What became of the lines of each commit, and of the commits. Raises NotCounted."""
        reverts = find_reverts(self.changes)
        changes = self.changes
        fates = track(
            *(self.git, changes.history, self.patches, changes.landed),
            *(self.is_excluded, reverts.by_mainline),
        )
        return fates, reverts


def read_repository(git: Git, since: float, is_excluded: Callable[[bytes], bool]) -> Reading:
    """Reads the commits since a moment, in epoch seconds. Raises NotCounted."""
    history = read_history(git, since)
    landed = find_landed(history)
    patches, too_large = read_patches(git, [*history.commits], is_excluded)
    is_shallow = git.is_shallow()
    if is_shallow:
        oldest = [name for name, commit in history.commits.items() if not commit.parents]
        patches |= dict.fromkeys(oldest, EMPTY)
    groups = find_copies(history, patches, landed)
    squashes = find_squashes(git, history, patches, groups, landed, is_excluded)
    final = find_final(history, groups, landed, squashes)
    pulls = find_pulls(history, landed)
    pulls = {**{name: pulls[last] for name, last in final.items() if last in pulls}, **pulls}
    changes = Changes(history, final, landed, find_branches(history, landed), pulls)
    return Reading(git, changes, patches, is_excluded, too_large, is_shallow)
