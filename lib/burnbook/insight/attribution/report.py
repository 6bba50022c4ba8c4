"""What the tokens of the book became: sums by commit, pull request, issue, branch, agent, model."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import NamedTuple

import msgspec

from burnbook.churn import numstat, settings
from burnbook.churn.git import NotCounted
from burnbook.context import Context
from burnbook.insight.attribution.evidence import named_sessions
from burnbook.insight.attribution.folders import Folders, find_folders
from burnbook.insight.attribution.join import NOTHING, SEGMENT, Joined, join
from burnbook.insight.attribution.repository.read import Reading, read_repository
from burnbook.insight.attribution.requests import EVER, Request, Span, read_requests
from burnbook.insight.whole_shares import divide

BY = ("commit", "pr", "issue", "branch", "window", "agent", "model")
_BEFORE = 86_400  # seconds of history before the first request


class Key(NamedTuple):
    """What tokens became: the name in its group, None for `unattributed`, and its repository."""

    repository: str | None
    name: str | None


UNATTRIBUTED = Key(None, None)


class Sums(msgspec.Struct):
    """Sums of shares of requests. `attos` are 10**-18 USD; `by_grade` has tokens."""

    requests: int = 0
    tokens: list[int] = msgspec.field(default_factory=lambda: [0, 0, 0, 0])
    attos: int = 0
    is_priced: bool = True
    by_grade: dict[str | None, int] = msgspec.field(default_factory=dict)

    @property
    def total(self) -> int:
        """All tokens."""
        return sum(self.tokens)

    def add(self, request: int, tokens: Sequence[int], attos: int, grade: str | None) -> None:
        """Add a share of a request."""
        self.requests += request
        for kind, count in enumerate(tokens):
            self.tokens[kind] += count
        self.attos += attos
        self.by_grade[grade] = self.by_grade.get(grade, 0) + sum(tokens)


class Attributed(NamedTuple):
    """A request, the reading of its repository (None: it has none), and its commits."""

    request: Request
    reading: Reading | None
    joined: Joined


class Attribution:
    """The requests of a span of time or a window, joined to what they became."""

    def __init__(
        self,
        ctx: Context,
        span: Span = EVER,
        window: str | None = None,
        paths: Sequence[str] | None = None,
    ) -> None:
        self.ctx = ctx
        self.rules = settings.read(ctx.config)
        self.span, self.window = span, window
        # A commit shortly after the period has requests of it, and one within it earlier ones.
        self.requests = read_requests(ctx, _widened(span))
        folders = {request.project for request in self.requests if request.project}
        self.folders: Folders = find_folders(ctx, folders, paths)
        self._issues: dict[tuple[str, str], Sequence[str]] = {}
        self.everything = self._joined()
        self.attributed = [each for each in self.everything if self._is_counted(each.request)]

    def _is_counted(self, request: Request) -> bool:
        began, ended = self.span
        is_in_time = began.timestamp() <= request.at < ended.timestamp()
        return is_in_time and (self.window is None or request.window == self.window)

    def _joined(self) -> list[Attributed]:
        """All requests in order of time."""
        of_repository: dict[int, list[Request]] = defaultdict(list)
        result: list[Attributed] = []
        for request in self.requests:
            index = self.folders.of_folder.get(request.project or "")
            if index is None:
                result.append(Attributed(request, None, NOTHING))
            else:
                of_repository[index].append(request)
        for index in range(len(self.folders.gits)):
            requests = of_repository.get(index, [])
            reading = self._read(index, requests) if requests else None
            joined = self._join(requests, reading) if reading else [NOTHING] * len(requests)
            result += map(Attributed, requests, [reading] * len(requests), joined)
        return sorted(result, key=lambda each: (each.request.at, each.request.session or ""))

    def _read(self, index: int, requests: Sequence[Request]) -> Reading | None:
        is_excluded = numstat.matcher(self.rules.exclude)
        git, since = self.folders.gits[index], requests[0].at - _BEFORE
        try:
            reading = read_repository(git, since, cache(is_excluded))
        except NotCounted as error:
            self.ctx.notes.append(f"{error}; its requests are unattributed")
            return None
        if reading.is_shallow:
            self.ctx.notes.append(
                f"repository {git.name} is a shallow clone, so older commits are missing; "
                "run `git fetch --unshallow`"
            )
        return reading

    def _join(self, requests: Sequence[Request], reading: Reading) -> list[Joined]:
        sessions = {request.session for request in requests if request.session}
        changes = reading.changes
        top = reading.git.repository.top
        named = named_sessions(changes.history, reading.patches, top, sessions)
        feeds = self.ctx.config.feeds
        tools = {request.tool for request in requests}
        totals = {tool for tool in tools if getattr(feeds.get(tool), "counts", None) == "totals"}
        return join(requests, changes, named, totals)

    def sums(self, by: str) -> dict[Key, Sums]:
        """The sums of each group, those with the most tokens first; `unattributed` is last."""
        sums: dict[Key, Sums] = {}
        for each in self.attributed:
            request = each.request
            for key, share in self.shares(each, by):
                amounts = sums.setdefault(key, Sums())
                amounts.add(*share, each.joined.grade)
                amounts.is_priced = amounts.is_priced and request.is_priced
        return dict(sorted(sums.items(), key=lambda pair: _order(*pair)))

    def shares(self, each: Attributed, by: str) -> Iterator[tuple[Key, tuple[int, list[int], int]]]:
        """The groups of a request, and the parts of it that each of them has."""
        keys = [*self._keys(each, by)]
        request = each.request
        if len(keys) == 1:
            yield keys[0][0], (1, [*request.tokens], request.attos)
            return
        weights = [weight for _, weight in keys]
        requests = divide(1, weights)
        kinds = [divide(count, weights) for count in request.tokens]
        attos = divide(request.attos, weights)
        for index, (key, _) in enumerate(keys):
            yield key, (requests[index], [kind[index] for kind in kinds], attos[index])

    def _keys(self, each: Attributed, by: str) -> Iterable[tuple[Key, int]]:
        """The groups of a request with their weights."""
        request, reading, joined = each
        if by in ("branch", "window", "agent", "model"):
            repository = reading.git.name if reading and by == "branch" else None
            return [(Key(repository, getattr(request, by)), 1)]
        if reading is None or not joined.commits:
            return [(UNATTRIBUTED, 1)]
        names = [self._names(reading, commit, by) for commit in joined.commits]
        # Each commit has an equal share, and each of its issues an equal share of that.
        whole = 1
        for group in names:
            whole *= len(group)
        keys: dict[Key, int] = {}
        for group in names:
            for name in group:
                key = UNATTRIBUTED if name is None else Key(reading.git.name, name)
                keys[key] = keys.get(key, 0) + whole // len(group)
        return list(keys.items())

    def _names(self, reading: Reading, commit: str, by: str) -> Sequence[str | None]:
        if by == "commit":
            return (commit,)
        if by == "pr":
            return (reading.changes.pulls.get(commit),)
        return self.issues_of(reading, commit) or (None,)

    def issues_of(self, reading: Reading, commit: str) -> Sequence[str]:
        """The issue keys of a commit that lasts."""
        key = reading.git.name, commit
        if key not in self._issues:
            self._issues[key] = reading.changes.issues(commit)
        return self._issues[key]

    @property
    def readings(self) -> list[Reading]:
        """The repositories with requests, in the order of their names."""
        by_name = {each.reading.git.name: each.reading for each in self.everything if each.reading}
        return [by_name[name] for name in sorted(by_name)]


def _widened(span: Span) -> Span:
    began, ended = span
    margin = timedelta(seconds=SEGMENT)
    return max(began - margin, EVER[0]), ended + margin if ended < EVER[1] - margin else EVER[1]


def _order(key: Key, sums: Sums) -> tuple[bool, int, str, str]:
    return key == UNATTRIBUTED, -sums.total, key.repository or "", key.name or ""
