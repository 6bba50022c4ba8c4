"""Tracks lines through the history of the main branch: which commit each comes from, and its end.

The lines of a file are runs of lines of one commit. A change replaces some of them; a merge takes
each line from the parent that has it, as `git blame` does. What was there before the first commit
that is read has no commit. A line that is moved or indented anew counts as changed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from burnbook.churn.git import Git
from burnbook.insight.attribution.repository.commits import History
from burnbook.insight.attribution.repository.patches import (
    EMPTY,
    FilePatch,
    Hunk,
    Patch,
    read_difference,
)

Run = tuple[str | None, int]
Runs = tuple[Run, ...]
Files = dict[bytes, Runs]
_ENDLESS = 1 << 40  # lines; the length of a file before the first change is not known
_OLD: Runs = ((None, _ENDLESS),)


class Fate(NamedTuple):
    """What became of the lines that a commit brought to the main branch, at moment `landed_at`.

    `alive` has the number of its lines after each change, `changed` how many were replaced by
    other lines, each with the moment in epoch seconds.
    """

    landed_at: int
    added: int
    alive: list[tuple[int, int]]
    changed: list[tuple[int, int]]

    @property
    def left(self) -> int:
        """The lines that are left."""
        return min(self.added, self.alive[-1][1]) if self.alive else self.added


def replace(runs: Runs, hunks: Iterable[Hunk], owner: str) -> tuple[Runs, list[tuple[Hunk, Runs]]]:
    """Returns the runs after a change by `owner`, and the runs that each hunk removed."""
    result: list[Run] = []
    removed = []
    rest = list(reversed(runs))
    line = 1  # of the old file, the first one that is not copied yet
    for hunk in hunks:
        # Where nothing is removed, the position is that of the line before.
        start = hunk.old if hunk.old_count else hunk.old + 1
        result += _take(rest, start - line)
        dropped = _take(rest, hunk.old_count)
        removed.append((hunk, tuple(dropped)))
        line = start + hunk.old_count
        if hunk.new_count:
            result.append((owner, hunk.new_count))
    result += reversed(rest)
    return _joined(result), removed


def overlay(first: Runs, second: Runs, owner: str) -> Runs:
    """Returns the first runs; those of `owner` are taken from the second where they are there."""
    result: list[Run] = []
    others = list(reversed(second))
    for commit, count in first:
        part = _take(others, count)
        result += part if commit == owner and part else [(commit, count)]
    return _joined(result)


def _take(rest: list[Run], count: int) -> list[Run]:
    """Removes the next lines from runs that are in reverse, and returns them."""
    taken = []
    while count > 0 and rest:
        owner, length = rest.pop()
        if length > count:
            rest.append((owner, length - count))
            length = count
        taken.append((owner, length))
        count -= length
    return taken


def _joined(runs: Iterable[Run]) -> Runs:
    result: list[Run] = []
    for owner, count in runs:
        if result and result[-1][0] == owner:
            result[-1] = (owner, result[-1][1] + count)
        elif count:
            result.append((owner, count))
    return tuple(result)


def track(
    git: Git,
    history: History,
    patches: Mapping[str, Patch],
    landed: Mapping[str, str],
    is_excluded: Callable[[bytes], bool],
    reverted_by: Mapping[str, frozenset[str]],
) -> dict[str, Fate]:
    """The fate of the lines of each commit of the main branch. Raises NotCounted.

    `reverted_by` has the commits that a commit of the main branch reverts: their lines do not count
    as changed.
    """
    return _Tracker(git, history, patches, landed, is_excluded).run(reverted_by)


class _Tracker:
    def __init__(
        self,
        git: Git,
        history: History,
        patches: Mapping[str, Patch],
        landed: Mapping[str, str],
        is_excluded: Callable[[bytes], bool],
    ) -> None:
        self.git, self.history, self.patches = git, history, patches
        self.landed, self.is_excluded = landed, is_excluded
        self.children = Counter(
            parent for name in landed for parent in history.commits[name].parents
        )
        self.states: dict[str, Files] = {}
        self.fates: dict[str, Fate] = {}

    def run(self, reverted_by: Mapping[str, frozenset[str]]) -> dict[str, Fate]:
        brought: dict[str, list[str]] = defaultdict(list)
        for name, merge in self.landed.items():
            brought[merge].append(name)
        is_main = {*self.history.mainline}
        counts: Counter[str | None] = Counter()
        now = 0
        for name in self.history.commits:
            if name not in self.landed:
                continue
            delta, changed = self._apply(name)
            if name not in is_main:
                continue
            now = max(now, self.history.commits[name].committed)
            counts.update(delta)
            for each in brought[name]:
                self.fates[each] = Fate(now, counts[each], [], [])
            reverts = reverted_by.get(name, frozenset())
            for owner in delta:
                if owner in self.fates:
                    self.fates[owner].alive.append((now, counts[owner]))
            for owner, count in changed.items():
                if owner in self.fates and owner not in reverts:
                    self.fates[owner].changed.append((now, count))
        return self.fates

    def _apply(self, name: str) -> tuple[Counter[str | None], Counter[str | None]]:
        """The lines that each commit wins or loses by a commit, and those that were replaced."""
        commit = self.history.commits[name]
        first = commit.parents[0] if commit.parents else None
        others = {p: self._state(p, keep=True) for p in commit.parents[1:]}
        files = self._state(first)
        delta: Counter[str | None] = Counter()
        changed: Counter[str | None] = Counter()
        patch = self.patches.get(name, EMPTY)
        results: Files = {}
        for file in patch.files:
            before = () if file.old is None else files.pop(file.old, _OLD)
            after, removed = replace(before, file.hunks, name)
            for owner, count in before:
                delta[owner] -= count
            for hunk, runs in removed:
                for owner, count in runs if hunk.new_count else ():
                    changed[owner] += count
            if file.new is not None:
                results[file.new] = after
        for parent, state in others.items():
            self._overlay(name, parent, state, results)
            self._release(parent)
        for path, runs in results.items():
            files[path] = runs
            for owner, count in runs:
                delta[owner] += count
        self.states[name] = files
        return Counter({owner: n for owner, n in delta.items() if n and owner}), changed

    def _overlay(self, name: str, parent: str, state: Files, results: Files) -> None:
        """Take the lines of a merge that another parent has from there."""
        paths = [path for path, runs in results.items() if any(owner == name for owner, _ in runs)]
        if not paths:
            return
        difference = read_difference(self.git, parent, name, self.is_excluded, paths)
        by_path: dict[bytes, FilePatch] = {f.new: f for f in difference.files if f.new is not None}
        for path in paths:
            file = by_path.get(path)
            runs = state.get(path, _OLD)
            if file is not None:
                before = () if file.old is None else state.get(file.old, _OLD)
                runs, _ = replace(before, file.hunks, name)
            results[path] = overlay(results[path], runs, name)

    def _state(self, name: str | None, *, keep: bool = False) -> Files:
        """The files after a commit; a copy while other commits need them, too."""
        if name is None or name not in self.states:
            return {}
        if keep:
            return self.states[name]
        files = self.states[name]
        is_last = self.children[name] == 1
        self._release(name)
        return files if is_last else dict(files)

    def _release(self, name: str) -> None:
        self.children[name] -= 1
        if self.children[name] <= 0:
            self.states.pop(name, None)
