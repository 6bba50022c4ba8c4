"""Reads the commits of a repository: those of its branches, tags, and reflogs, with their notes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from burnbook.base.redact import redact
from burnbook.base.text import printable
from burnbook.churn.git import Git, LimitReached, NotCounted

_FIELDS = ("%H", "%P", "%at", "%ct", "%an", "%ae", "%ce", "%B", "%N")
_TRAILER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]+(\S.*)")
_MAIN = ("main", "master", "trunk", "develop")
_MOST = 200_000  # commits; a history is read into memory
_PULL = re.compile(r"refs/(?:pull|merge-requests|remotes/[^/]+/(?:pr|pull|mr))/(\d+)(?:/head)?\Z")


class Commit(NamedTuple):
    """One commit object. Moments are in epoch seconds.

    `authored` survives a rebase, a cherry-pick and an amendment; `committed` does not. `notes` is
    the text of its notes in all of `refs/notes/`.
    """

    hash: str
    parents: tuple[str, ...]
    authored: int
    committed: int
    author: str
    email: str
    committer_email: str
    message: str
    notes: str

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0].strip()

    @property
    def title(self) -> str:
        """The subject as it is shown: printable and without secrets."""
        return redact(printable(self.subject))

    @property
    def created(self) -> int:
        """When its change was first committed: no copy of it changes that."""
        return min(self.authored, self.committed)

    @property
    def is_merge(self) -> bool:
        """Whether it has several parents."""
        return len(self.parents) > 1

    def trailers(self) -> list[tuple[str, str]]:
        """The `Key: value` lines of the last paragraph of its message, keys in lower case."""
        last = self.message.strip().rpartition("\n\n")[2].splitlines()
        matches = (_TRAILER.fullmatch(line.strip()) for line in last)
        return [(match[1].lower(), match[2].strip()) for match in matches if match]


class History(NamedTuple):
    """The commits of a repository since some moment.

    `commits` are in topological order, parents first. `mainline` has the first parents of the main
    branch, the oldest first. `branches` has the tips of branches by name, `pulls` those of pull
    requests by number, where they were fetched.
    """

    name: str
    main: str | None
    commits: Mapping[str, Commit]
    mainline: Sequence[str]
    branches: Mapping[str, str]
    pulls: Mapping[str, str]


def read_history(git: Git, since: float) -> History:
    """Returns the commits since a moment, in epoch seconds. Raises NotCounted."""
    branches, pulls = _refs(git)
    main = _main(git, branches)
    day = f"{datetime.fromtimestamp(max(since, 0), UTC):%Y-%m-%dT%H:%M:%SZ}"
    walk = ("--all", "--reflog", "--topo-order", "--reverse", f"--since-as-filter={day}")
    try:
        output = git.output(
            *("log", *walk, f"--max-count={_MOST}"),
            *("--no-show-signature", "--no-color", "--notes=*", "--no-mailmap", "--encoding=UTF-8"),
            f"--format=tformat:{'%x00'.join(_FIELDS)}%x00",
        )
    except LimitReached as error:
        raise NotCounted("git-failed", f"{error}; give a shorter period with --since") from None
    commits = {each.hash: each for each in _parse(output)}
    return History(
        git.name, main, commits, _mainline(commits, branches.get(main or "")), branches, pulls
    )


def _parse(output: bytes) -> Iterator[Commit]:
    words = output.decode("utf-8", "replace").split("\0")
    width = len(_FIELDS)
    for at in range(0, len(words) - width, width):
        name, parents, authored, committed, *texts = words[at : at + width]
        moments = int(authored or 0), int(committed or 0)
        yield Commit(name.strip(), tuple(parents.split()), *moments, *texts)


def _refs(git: Git) -> tuple[dict[str, str], dict[str, str]]:
    """The tips of branches by name, local ones before those of remotes, and of pull requests."""
    output = git.output("for-each-ref", "--format=%(objectname) %(refname)")
    branches: dict[str, str] = {}
    remote: dict[str, str] = {}
    pulls: dict[str, str] = {}
    for line in output.decode("utf-8", "replace").splitlines():
        name, _, ref = line.partition(" ")
        if match := _PULL.match(ref):
            pulls[match[1]] = name
        elif ref.startswith("refs/heads/"):
            branches[ref.removeprefix("refs/heads/")] = name
        elif ref.startswith("refs/remotes/") and not ref.endswith("/HEAD"):
            remote.setdefault(ref.split("/", 3)[-1], name)
    return {**remote, **branches}, pulls


def _main(git: Git, branches: Mapping[str, str]) -> str | None:
    """The name of the branch that others are merged into."""
    for ref in ("refs/remotes/origin/HEAD", "HEAD"):
        try:
            target = git.output("symbolic-ref", "--quiet", ref).decode("utf-8", "replace").strip()
        except NotCounted:
            continue  # there is no such reference
        name = target.removeprefix("refs/remotes/origin/").removeprefix("refs/heads/")
        is_default = ref != "HEAD" or name in _MAIN
        if name in branches and is_default:
            return name
    return next((name for name in _MAIN if name in branches), next(iter(sorted(branches)), None))


def _mainline(commits: Mapping[str, Commit], tip: str | None) -> list[str]:
    line: list[str] = []
    while tip is not None and tip in commits:
        line.append(tip)
        parents = commits[tip].parents
        tip = parents[0] if parents else None
    return line[::-1]
