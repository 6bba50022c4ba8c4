"""Invents the git repository in which the features of a history were written."""

import os
import random
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from burnbook.base.errors import IOFault, os_sentence
from burnbook.demo.features import Commit, Feature

START = "start"
"""The tag of the commit before the first window."""
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
_ADA = "Ada <ada@example.com>"
_DANA = "Dana <dana@example.com>"
_SERVER = "GitHub <noreply@github.com>"
_PARTS = 12  # files that every feature may change
_ON_MAIN = 2  # commits of a person in each window
_TRAILERS = {"claude": "Co-Authored-By: Claude <noreply@anthropic.com>"}

Files = dict[str, list[str]]


class Edit(NamedTuple):
    """Lines that replace `removed` lines of a file from line `start` on; -1 is its end."""

    path: str
    start: int
    removed: int
    lines: list[str]


def create(
    folder: Path, windows: Sequence[tuple[str, datetime]], features: Sequence[Feature]
) -> None:
    """Create a repository with the commits of features, and a tag at the end of each window.

    `windows` has the name of each finished window and its end. The commits are always the same.
    Raises IOFault without git.
    """
    stream = "".join(_Stream().all(windows, features))
    # No config of the user: it may sign commits or run hooks.
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.fspath(folder.parent)}
    folder.mkdir(parents=True)
    init = ("init", "--quiet", "--initial-branch=main", ".")
    for words in (init, ("fast-import", "--quiet")):
        try:
            subprocess.run(
                ["git", *words],
                cwd=folder,
                env=environment,
                input=stream.encode(),
                capture_output=True,
                check=True,
            )
        except OSError as error:
            raise IOFault(os_sentence("the demo cannot run git", error)) from None
        except subprocess.CalledProcessError as error:
            message = error.stderr.decode("utf-8", "replace").strip()
            raise IOFault(f"git {words[0]} failed: {message}") from None


class _Branch:
    """A feature's branch: its files, what was changed on it, and the mark of its last commit."""

    def __init__(self, files: Files, mark: int) -> None:
        self.files, self.mark = dict(files), mark
        self.edits: list[tuple[Commit, list[Edit]]] = []


class _Stream:
    """The input of `git fast-import`."""

    def __init__(self) -> None:
        self._draw = random.Random("burnbook repository")  # noqa: S311 - not for cryptography
        self._main: Files = {"README": ["A product"]}
        self._mark = self._tip = 0
        self._pulls = 0
        self._branches: dict[int, _Branch] = {}
        self._numbers: dict[int, int] = {}  # the pull request of each feature

    def all(
        self, windows: Sequence[tuple[str, datetime]], features: Sequence[Feature]
    ) -> Iterator[str]:
        first = min((c.at for feature in features for c in feature.commits), default=None)
        first = (first or (windows[0][1] if windows else _EPOCH)) - _DAY
        self._main |= {f"src/part_{n}.py": self._code(40) for n in range(_PARTS)}
        yield self._commit("main", first, first, _ADA, _ADA, "Start", [*self._main], self._main)
        self._tip = self._mark
        yield f"reset refs/tags/{START}\nfrom :{self._tip}\n\n"
        for _, _, make in sorted(self._events(windows, features, first), key=lambda e: e[:2]):
            yield from make()

    def _events(
        self,
        windows: Sequence[tuple[str, datetime]],
        features: Sequence[Feature],
        first: datetime,
    ) -> Iterator[tuple[datetime, int, Callable[[], Iterator[str]]]]:
        """What happens: the moment, a number that orders equal ones, and what writes it."""
        number = 0
        for feature in features:
            for commit in feature.commits:
                number += 1
                yield commit.at, number, partial(self._work, feature, commit)
            last = (feature.merged_at, self._merge), (feature.reverted_at, self._revert)
            for moment, write in last if feature.commits else ():
                number += 1
                if moment is not None:
                    yield moment, number, partial(write, feature, moment)
        before = first
        for name, ends in windows:
            for _ in range(_ON_MAIN):
                number += 1
                moment = before + self._draw.random() * (ends - before)
                yield moment, number, partial(self._tidy, moment)
            yield ends, number, partial(self._tag, name)
            before = ends

    def _work(self, feature: Feature, commit: Commit) -> Iterator[str]:
        branch = self._branches.setdefault(feature.number, _Branch(self._main, self._tip))
        edits = [*self._edits(feature, is_first=not branch.edits)]
        branch.edits.append((commit, edits))
        author = _ADA if commit.agent else _DANA
        paths = _applied(branch.files, edits)
        trailer = _TRAILERS.get(commit.agent.tool) if commit.agent else None
        message = f"{commit.subject}\n\n{trailer}" if trailer else commit.subject
        yield self._commit(
            *(feature.branch, commit.at, commit.at, author, author, message),
            *(paths, branch.files, branch.mark),
        )
        branch.mark = self._mark

    def _edits(self, feature: Feature, *, is_first: bool) -> Iterator[Edit]:
        draw = self._draw
        path = f"src/feature_{feature.number}.py"
        yield Edit(path, -1, 0, self._code(draw.randrange(15, 70)))
        if is_first:
            tests = [f"def test_{n}():\n    assert True\n\n" for n in range(draw.randrange(2, 12))]
            tests_path = f"tests/test_feature_{feature.number}.py"
            yield Edit(tests_path, -1, 0, "\n".join(tests).split("\n"))
        if draw.random() < 0.5:  # some of what was written before is written anew
            shared = [name for name in self._main if name.startswith("src/part")]
            newest = [name for name in self._main if name.startswith("src/feature")][-8:]
            target = draw.choice(newest if newest and draw.random() < 0.8 else shared)
            count = draw.randrange(3, 16)
            start = draw.randrange(max(1, len(self._main[target]) - count))
            yield Edit(target, start, count, self._code(draw.randrange(2, 20)))

    def _merge(self, feature: Feature, moment: datetime) -> Iterator[str]:
        branch = self._branches[feature.number]
        self._pulls += 1
        self._numbers[feature.number] = number = self._pulls
        if feature.way == "rebase":
            for commit, edits in branch.edits:
                paths = _applied(self._main, edits)
                author = _ADA if commit.agent else _DANA
                yield self._commit(
                    *("main", commit.at, moment, author, _DANA, commit.subject),
                    *(paths, self._main, self._tip),
                )
                self._tip = self._mark
                moment += timedelta(seconds=1)
            return
        paths = []
        for _, edits in branch.edits:
            paths += _applied(self._main, edits)
        if feature.way == "squash":
            body = "".join(f"\n* {commit.subject}\n" for commit, _ in branch.edits)
            message = f"{feature.title} (#{number})\n{body}\nRefs: {feature.issue}"
            merged = None
        else:
            message = f"Merge pull request #{number} from acme/{feature.branch}\n\n{feature.title}"
            merged = branch.mark
        yield self._commit(
            *("main", moment, moment, _DANA, _SERVER, message),
            *([*dict.fromkeys(paths)], self._main, self._tip, merged),
        )
        self._tip = self._mark

    def _revert(self, feature: Feature, moment: datetime) -> Iterator[str]:
        self._pulls += 1
        number = self._numbers[feature.number]
        message = f'Revert "{feature.title} (#{number})" (#{self._pulls})\n\n'
        message += f"Reverts acme/product#{number}"
        path = f"src/feature_{feature.number}.py"
        self._main.pop(path)
        who = "main", moment, moment, _DANA, _SERVER
        yield self._commit(*who, message, [path], self._main, self._tip)
        self._tip = self._mark

    def _tidy(self, moment: datetime) -> Iterator[str]:
        path = f"src/part_{self._draw.randrange(_PARTS)}.py"
        paths = _applied(self._main, [Edit(path, -1, 0, self._code(self._draw.randrange(5, 25)))])
        message = "Tidy the shared parts"
        who = "main", moment, moment, _DANA, _DANA
        yield self._commit(*who, message, paths, self._main, self._tip)
        self._tip = self._mark

    def _tag(self, name: str) -> Iterator[str]:
        yield f"reset refs/tags/{name}\nfrom :{self._tip}\n\n"

    def _commit(
        self,
        branch: str,
        authored: datetime,
        committed: datetime,
        author: str,
        committer: str,
        message: str,
        paths: Sequence[str],
        files: Files,
        parent: int = 0,
        merged: int | None = None,
    ) -> str:
        self._mark += 1
        head = f"commit refs/heads/{branch}\nmark :{self._mark}\n"
        head += f"author {author} {int(authored.timestamp())} +0000\n"
        head += f"committer {committer} {int(committed.timestamp())} +0000\n{_data(message)}"
        head += f"from :{parent}\n" if parent else ""
        head += f"merge :{merged}\n" if merged else ""
        return head + "".join(_file(path, files.get(path)) for path in paths) + "\n"

    def _code(self, lines: int) -> list[str]:
        return [f"value_{n} = {self._draw.randrange(10**6)}" for n in range(lines)]


def _applied(files: Files, edits: Sequence[Edit]) -> list[str]:
    """Changes files by edits, and returns their paths. Lists of lines are never changed."""
    for edit in edits:
        lines = files.get(edit.path, [])
        start = len(lines) if edit.start < 0 else min(edit.start, len(lines))
        files[edit.path] = lines[:start] + edit.lines + lines[start + edit.removed :]
    return [edit.path for edit in edits]


def _file(path: str, lines: Sequence[str] | None) -> str:
    if lines is None:
        return f"D {path}\n"
    text = "".join(f"{line}\n" for line in lines)
    return f"M 644 inline {path}\n{_data(text)}"


def _data(text: str) -> str:
    return f"data {len(text)}\n{text}\n"
