"""The requests in logs: each once, by the keys of what identifies it.

Of several lines of one request, the first has its time and place, the largest one its tokens.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.agent_logs.calls.names import Calls, joined
from burnbook.agent_logs.origin import RequestOrigin

# Input without cached tokens, cache read, cache writes of 5 minutes and 1 hour, output, reasoning.
Amounts = tuple[int, int, int, int, int, int]


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What else a log shows of one request.

    `prompt_tokens`: everything that was sent; None: the sum of the kinds of input. `total_stated`:
    the log's own total, if the counts do not add up to it. `is_proven`: they do add up to it.
    `upstream_id`: the vendor's id of the answer. `export`: its record in an export, if any.
    """

    prompt_tokens: int | None = None
    web_searches: int = 0
    total_stated: int | None = None
    is_proven: bool = False
    upstream_id: str | None = None
    export: Literal["", "event", "counter"] = ""


class Request(msgspec.Struct, frozen=True, gc=False):
    """One request; `origin` and `file` are numbers, those of files oldest first.

    `calls`: the tools that it called; None: the log does not show them.
    """

    total: int
    ts: datetime
    origin: int
    amounts: Amounts
    usd: float | None
    request_id: str | None
    file: int
    facts: Facts = Facts()
    calls: Calls | None = None


class Tally(msgspec.Struct):
    """The lines by what became of them.

    `suspicious`: duplicates that a stream does not explain. `upgraded` and `reassigned`: booked
    requests that got more facts, or another window. `unread`: lines with tokens of no kind that the
    feed reads. `refused`: another source has them.
    """

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    ignored: int = 0
    suspicious: int = 0
    upgraded: int = 0
    reassigned: int = 0
    unread: int = 0
    refused: int = 0

    def add(self, other: "Tally") -> None:
        """Add the counts of another tally."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Claim(NamedTuple):
    """A session with lines of a request, by the number of their origin."""

    origin: int
    ts: datetime


class RequestSet:
    """The requests of one process, by 64-bit key, and their origins by number.

    `aliases` has the other keys of requests, `earlier` the key that version 1 gave to a request,
    where it was another one. `claims` has the requests that lines of several sessions have; `ends`
    is the time of the last request of each session with one, in epoch seconds, by its hash;
    `improved` are those that the book has from an export.
    """

    def __init__(self, tool: str) -> None:
        self.tool = tool
        self.requests: dict[int, Request] = {}
        self.aliases: dict[int, int] = {}
        self.earlier: dict[int, int] = {}
        self.claims: dict[int, list[Claim]] = {}
        self.ends: dict[int, float] = {}
        self.improved: set[int] = set()
        self.origins: dict[RequestOrigin, int] = {}
        self.tally, self.dropped = Tally(), 0
        self._numbered: list[RequestOrigin] = []

    def key(self, identity: Any) -> int:
        """The key of a request's identity."""
        return key_of("\0".join([self.tool, *map(str, identity)]))

    def origin_number(self, origin: RequestOrigin) -> int:
        """The number of an origin; `origin` returns that of a number."""
        number = self.origins.setdefault(origin, len(self.origins))
        if number == len(self._numbered):
            self._numbered.append(origin)
        return number

    def origin(self, number: int) -> RequestOrigin:
        """The origin of a number."""
        return self._numbered[number]

    def add(
        self, key: int, request: Request, aliases: Iterable[int] = (), earlier: int | None = None
    ) -> Request | None:
        """Add a line of a request; returns the request as it was, or None if it is new."""
        requests, others = self.requests, self.aliases
        if key not in requests and key not in others:
            for alias in aliases:
                if alias in others or alias in requests:
                    break
            else:
                requests[key] = request
                for alias in aliases:
                    others[alias] = key
                if earlier is not None:
                    self.earlier[key] = earlier
                return None
        owner = self._owner(key, aliases)
        for alias in (key, *aliases):
            if alias != owner and alias not in requests:
                others[alias] = owner
        if earlier is not None:
            self.earlier.setdefault(owner, earlier)
        first = requests[owner]
        self.add_again(owner, first, request)
        return first

    def add_again(self, key: int, first: Request, request: Request) -> None:
        """Add a line of a request that is there, by its own key."""
        self.tally.duplicates += 1
        self._merge(key, first, request)

    def add_calls(self, key: int, calls: Calls) -> None:
        """Add what another line of a request calls, if the request is there."""
        if calls and (request := self.find(key)) is not None:
            calls_of_all = joined(request.calls, calls)
            self.requests[self.owner(key)] = msgspec.structs.replace(request, calls=calls_of_all)

    def alias(self, key: int, owner: int) -> None:
        """Note another key of a request."""
        if key not in self.requests:
            self.aliases[key] = self.aliases.get(owner, owner)

    def find(self, key: int) -> Request | None:
        """The request with a key."""
        return self.requests.get(self.owner(key))

    def owner(self, key: int) -> int:
        """The own key of the request with a key."""
        return self.aliases.get(key, key)

    def drop(self, key: int) -> Request | None:
        """Remove a request; returns it, or None."""
        self.claims.pop(key, None)
        return self.requests.pop(key, None)

    def clear(self) -> None:
        """Drop all requests and their origins: they are booked."""
        self.dropped, self.improved = self.dropped + len(self.requests), set()
        for kept in (self.requests, self.aliases, self.earlier, self.claims, self.origins):
            kept.clear()
        self._numbered.clear()

    def end(self, session: int, seconds: float) -> None:
        """Note the time of a session's line, in epoch seconds; `session` is its hash."""
        if self.ends.get(session, -1.0) < seconds:
            self.ends[session] = seconds

    def _owner(self, key: int, aliases: Iterable[int]) -> int:
        """The key of the request that has any of these; requests that share it become one."""
        owners = dict.fromkeys(map(self.owner, (key, *aliases)))
        booked = [owner for owner in owners if owner in self.requests]
        for other in booked[1:]:
            joined = self.requests.pop(other)
            self.aliases[other] = booked[0]
            same = [alias for alias, owner in self.aliases.items() if owner == other]
            self.aliases |= dict.fromkeys(same, booked[0])
            self.claims.setdefault(booked[0], []).extend(self.claims.pop(other, ()))
            self.add_again(booked[0], self.requests[booked[0]], joined)
        return booked[0] if booked else key

    def _merge(self, key: int, first: Request, request: Request) -> None:
        """Add a line of a request that is there. The older file has the first lines."""
        if request.origin != first.origin:
            self.claim(key, request.origin, request.ts)
        large = first
        if (request.total, request.facts.web_searches) > (first.total, first.facts.web_searches):
            large = request
        older = request if request.file < first.file else first
        calls = joined(first.calls, request.calls)
        if large is first and older is first and calls is first.calls:
            return
        where, facts = self._numbered[older.origin], self._numbered[large.origin]
        number = older.origin if where == facts else self.origin_number(where.with_facts(facts))
        same = {"ts": older.ts, "origin": number, "file": older.file, "calls": calls}
        self.requests[key] = msgspec.structs.replace(large, **same)

    def claim(self, key: int, origin: int, ts: datetime) -> None:
        """Note that lines of another session have a request, too."""
        first = self.requests[key]
        session = self._numbered[origin].session
        if session != self._numbered[first.origin].session or key in self.claims:
            claims = self.claims.setdefault(key, [Claim(first.origin, first.ts)])
            if all(self._numbered[claim.origin].session != session for claim in claims):
                claims.append(Claim(origin, ts))


def key_of(text: str) -> int:
    """The 64-bit hash of a text."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def total(amounts: Amounts) -> int:
    """All tokens; reasoning is a part of the output."""
    return amounts[0] + amounts[1] + amounts[2] + amounts[3] + amounts[4]
