"""Which of several sessions made a request that lines of all of them have.

A session that resumes another, or is a fork of it, goes on after it. So the one that ended first
made their common requests. While files grow the order may turn: then they are read again.
"""

import os
from collections.abc import Iterable

import msgspec

from burnbook.agent_logs.booking.jobs import Job
from burnbook.agent_logs.origin import RequestOrigin
from burnbook.agent_logs.requests import RequestSet
from burnbook.jsonl.known.state import Remembered
from burnbook.jsonl.sources import Log, Source
from burnbook.usage.booked_rows import SessionEnds, session_key

_UNKNOWN = float("-inf")


class Sessions:
    """The ends of a tool's sessions: `booked` from the store, the others from the logs.

    `ends` are those of the files that are read now, `earlier` of those that were read before.
    `rivals` are pairs of sessions with common requests, of which the first made them. Sessions are
    known by their hashes: what is kept in `cache/` has no text of a log.
    """

    def __init__(self, tool: str) -> None:
        self.tool = tool
        self.ends: dict[int, float] = {}
        self.earlier: dict[int, float] = {}
        self.booked = SessionEnds()
        self.rivals: set[tuple[int, int]] = set()

    def settle(self, requests: RequestSet) -> None:
        """Give each request that several sessions have to the one that made it."""
        for key, claims in requests.claims.items():
            request = requests.requests.get(key)
            if request is None:
                continue
            first = min(claims, key=lambda claim: self._end(requests.origin(claim.origin).session))
            where, facts = requests.origin(first.origin), requests.origin(request.origin)
            for claim in claims:
                self._add_rivals(where.session, requests.origin(claim.origin).session)
            number = requests.origin_number(RequestOrigin(*where[:5], *facts[5:]))
            requests.requests[key] = msgspec.structs.replace(request, ts=first.ts, origin=number)

    def is_first(self, session: str | None, other: str | None) -> bool:
        """Whether a session, and not the other that has them in the book, made their requests."""
        is_first = self._end(session) < self._end(other)
        self._add_rivals(*((session, other) if is_first else (other, session)))
        return is_first

    def keep(self, ends: dict[int, float]) -> None:
        """Add ends to the earlier ones."""
        for session, end in ends.items():
            self.earlier[session] = max(end, self.earlier.get(session, end))

    def _add_rivals(self, first: str | None, other: str | None) -> None:
        if first is not None and other is not None and first != other:
            self.rivals.add((session_key(self.tool, first), session_key(self.tool, other)))

    def _end(self, session: str | None) -> float:
        """When a session was last seen, in epoch seconds."""
        key = session_key(self.tool, session)
        booked = self.booked.get(key)
        end = _UNKNOWN if booked is None else booked / 1000
        return max(end, self.ends.get(key, _UNKNOWN), self.earlier.get(key, _UNKNOWN))


def jobs_again(known: Remembered, rivals: set[tuple[int, int]]) -> list[Job]:
    """The files of sessions that made the requests which the book gives to another.

    The pairs of `rivals` are turned, as these files are to be read from the start.
    """
    ends = known.ends()
    wrong = {(first, other) for first, other in rivals if _is_wrong(ends, first, other)}
    if not wrong:
        return []
    rivals -= wrong
    rivals |= {(other, first) for first, other in wrong}
    sessions = {other for _, other in wrong}
    files = [(path, source) for path, source in known.all() if source.ends.keys() & sessions]
    files.sort(key=lambda file: (file[1].mtime_ns, file[0]))
    return list(_jobs(files))


def _is_wrong(ends: dict[int, float], first: int, other: int) -> bool:
    return first in ends and other in ends and ends[other] < ends[first]


def _jobs(files: Iterable[tuple[str, Source]]) -> Iterable[Job]:
    for number, (path, source) in enumerate(files):
        if os.path.exists(path):
            log = Log(path, source.size, source.mtime_ns)
            yield Job(log, None, number, source.is_finished)
