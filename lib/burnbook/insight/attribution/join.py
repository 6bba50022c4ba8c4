"""Joins the requests of a repository to commits, each with a grade.

A: the session ran the commit, or the repository names the session for it.
B: the same branch, or a file that the session changed, and the next commit within a day.
C: only the same repository, and the next commit within eight hours.

No request is joined with a commit that was made before it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from burnbook.insight.attribution.evidence import Named, tools_named
from burnbook.insight.attribution.repository.changes import Changes
from burnbook.insight.attribution.repository.commits import Commit
from burnbook.insight.attribution.repository.pull_requests import MERGED_BY_SERVER
from burnbook.insight.attribution.requests import Request

GRADES = ("A", "B", "C")
HOUR = 3600
LONGEST_CALL = 600
"""Seconds that a `git commit` may take where no later request of its session bounds it."""
SEGMENT = 72 * HOUR
"""How long before its commit a request may be that the session itself committed."""
SAME_BRANCH = 24 * HOUR
SAME_REPOSITORY = 8 * HOUR


class Joined(NamedTuple):
    """The commits of a request, and the grade; no commits and no grade if none is known."""

    commits: tuple[str, ...]
    grade: str | None


NOTHING = Joined((), None)


class _Event(NamedTuple):
    """Commits that a session made: when, and the number of the request that ran the command."""

    at: float
    number: int
    grade: str
    commits: tuple[str, ...]
    branch: str | None


class _Call(NamedTuple):
    """A request that ran `git commit`: the moments between which its commits were made.

    `most` is the number of commands, and `is_after` whether the row was logged after they ran.
    """

    number: int
    low: int
    high: float
    most: int
    is_after: bool


def join(
    requests: Sequence[Request], changes: Changes, named: Sequence[Named], totals: Set[str]
) -> list[Joined]:
    """The commits of each request of a repository; requests are in order of time.

    `totals` are the tools whose logs have running totals, which they write after the commands of a
    request ran; the others write before. Commits are those that last (`Changes.final`).
    """
    joiner = _Joiner(requests, changes, totals)
    events = joiner.events(named)
    return [joiner.joined(index, events) for index in range(len(requests))]


class _Joiner:
    def __init__(self, requests: Sequence[Request], changes: Changes, totals: Set[str]) -> None:
        self.requests, self.changes, self.totals = requests, changes, totals
        self.commits = changes.history.commits
        self.tools = {request.tool for request in requests}
        # When commits were made: a copy has the moment of the first, an amendment one of its own.
        moments = {(c.created, c.hash) for c in self.commits.values()}
        moments |= {(c.committed, c.hash) for c in self.commits.values()}
        self.moments = sorted(moments)
        self.by_branch: dict[str | None, list[tuple[int, str]]] = defaultdict(list)
        for name, commit in self.commits.items():
            if not commit.is_merge and commit.committer_email not in MERGED_BY_SERVER:
                for branch in changes.branches.get(name, ()):
                    self.by_branch[branch].append((commit.created, name))
        for name, commit in self.commits.items():
            if not commit.is_merge:
                self.by_branch[None].append((commit.created, name))
        for times in self.by_branch.values():
            times.sort()

    def events(self, named: Iterable[Named]) -> dict[tuple[str, str], list[_Event]]:
        """What each session committed, in order of time."""
        events: dict[tuple[str, str], list[_Event]] = defaultdict(list)
        for call, commits, grade in self._matched():
            request = self.requests[call.number]
            first = min(self._moment(name, call) for name in commits)
            event = _Event(first, call.number, grade, commits, request.branch)
            events[_session(request)].append(event)
            if request.branch is not None:  # a branch that may have no reference any more
                self.by_branch[request.branch] += [(self.commits[n].created, n) for n in commits]
                self.by_branch[request.branch].sort()
        tools = {request.session: request.tool for request in self.requests}
        for each in named:
            if each.session in tools:
                grade = "A" if each.is_certain else "B"
                at = self.commits[each.commit].created
                event = _Event(at, -1, grade, (each.commit,), None)
                events[tools[each.session], each.session].append(event)
        for of_session in events.values():
            of_session.sort()
        return events

    def joined(self, index: int, events: Mapping[tuple[str, str], list[_Event]]) -> Joined:
        """The commits of a request."""
        request = self.requests[index]
        for event in events.get(_session(request), ()) if request.session else ():
            is_before = event.at >= int(request.at) or event.number == index
            if is_before and event.at - request.at <= SEGMENT and self._fits(request, event):
                return self._result(event.commits, event.grade)
        if request.branch is not None:
            after = self._next(request.branch, request.at, SAME_BRANCH)
            if after is not None:
                return self._result((after,), "B")
        after = self._next(None, request.at, SAME_REPOSITORY)
        return NOTHING if after is None else self._result((after,), "C")

    def _fits(self, request: Request, event: _Event) -> bool:
        """Whether the branches agree: work on a branch often begins on the main one."""
        return None in (request.branch, event.branch) or request.branch in (
            event.branch,
            self.changes.history.main,
        )

    def _result(self, commits: Iterable[str], grade: str) -> Joined:
        return Joined(tuple(dict.fromkeys(self.changes.final[name] for name in commits)), grade)

    def _next(self, branch: str | None, at: float, span: int) -> str | None:
        times = self.by_branch.get(branch, [])
        index = bisect_left(times, (int(at), ""))
        return times[index][1] if index < len(times) and times[index][0] - at <= span else None

    def _moment(self, name: str, call: _Call) -> int:
        commit = self.commits[name]
        return commit.created if call.low <= commit.created <= call.high else commit.committed

    def _calls(self) -> list[_Call]:
        """The requests that ran `git commit`."""
        threads: dict[tuple[str, str | None, str], list[int]] = defaultdict(list)
        for index, request in enumerate(self.requests):
            threads[request.tool, request.session, request.thread].append(index)
        calls = []
        for indexes in threads.values():
            for number, index in enumerate(indexes):
                request = self.requests[index]
                if not request.commits or request.session is None:
                    continue
                low, high = request.at, request.at + LONGEST_CALL
                is_after = request.tool in self.totals
                if is_after:
                    before = self.requests[indexes[number - 1]].at if number else 0.0
                    low, high = max(before, request.at - LONGEST_CALL), request.at
                elif number + 1 < len(indexes):
                    high = min(high, self.requests[indexes[number + 1]].at)
                calls.append(_Call(index, int(low), high, request.commits, is_after))
        return calls

    def _matched(self) -> list[tuple[_Call, tuple[str, ...], str]]:
        """The commits of each call, and the grade: A if no other call may have made them."""
        candidates = [(call, self._candidates(call)) for call in self._calls()]
        claims: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for call, names in candidates:
            for name in names:
                claims[name].add(_session(self.requests[call.number]))
        matched = []
        for call, names in candidates:
            sure = [name for name in names if len(claims[name]) == 1]
            # A command commits soon after it is called, and its log is written soon after that.
            nearest = sure or names
            chosen = nearest[-call.most :] if call.is_after else nearest[: call.most]
            if chosen:
                matched.append((call, tuple(chosen), "A" if sure else "B"))
        return matched

    def _candidates(self, call: _Call) -> list[str]:
        """The commits that a call may have made, one of each change, in order of time."""
        request = self.requests[call.number]
        start = bisect_left(self.moments, (call.low, ""))
        copies: dict[str, Commit] = {}
        for at, name in self.moments[start:]:
            if at > call.high:
                break
            commit = self.commits[name]
            if self._may_be_of(request, commit):
                copies.setdefault(self._change(name), commit)
        exact = [c for c in copies.values() if call.low <= c.created <= call.high]
        return [commit.hash for commit in exact or copies.values()]

    def _change(self, name: str) -> str:
        """Tells changes from each other: commits that one squash has are several."""
        commit = self.commits[name]
        return f"{commit.email} {commit.created} {commit.subject}"

    def _may_be_of(self, request: Request, commit: Commit) -> bool:
        """Whether nothing is against it: another branch, another tool, or a server's merge."""
        if commit.committer_email in MERGED_BY_SERVER:
            return False
        tools = tools_named(commit, self.tools)
        branches = self.changes.branches.get(commit.hash)
        main = self.changes.history.main
        return (not tools or request.tool in tools) and (
            not branches or request.branch is None or request.branch in {*branches, main}
        )


def _session(request: Request) -> tuple[str, str]:
    return request.tool, request.session or ""
