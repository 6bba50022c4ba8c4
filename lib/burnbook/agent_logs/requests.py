"""The requests in logs: each once, by the key of what identifies it.

Of several lines of one request, the first says when and where it was; the one with the most tokens
says what it used.
"""

from collections.abc import Callable, Container
from datetime import datetime
from typing import Any

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.agent_logs.compiled_feed import CompiledFeed, Row
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import LogFeed

# Input without cached tokens, cache read, cache writes of 5 minutes and 1 hour, output, reasoning.
Amounts = tuple[int, int, int, int, int, int]
# Session, project, branch, model, and whether a subagent made the request: as the log has them.
RequestOrigin = tuple[str | None, str | None, str | None, str | None, bool]


class Request(msgspec.Struct, frozen=True, gc=False):
    """One request. `origin` is the number of its origin, `file` that of its file, oldest first."""

    total: int
    ts: datetime
    origin: int
    amounts: Amounts
    usd: float | None
    request_id: str | None
    file: int


class Tally(msgspec.Struct):
    """The lines by what became of them."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    ignored: int = 0

    def add(self, other: "Tally") -> None:
        """Add the counts of another tally."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class RequestSet:
    """The requests of one process, by 64-bit key, and their origins by number."""

    def __init__(self, tool: str) -> None:
        self.tool = tool
        self.requests: dict[int, Request] = {}
        self.origins: dict[RequestOrigin, int] = {}
        # The keys of requests that version 0.1 booked under another one.
        self.version_1_keys: dict[int, int] = {}
        self.tally = Tally()

    def key(self, identity: Any) -> int:
        """The key of a request's identity."""
        return key_of("\0".join([self.tool, *map(str, identity)]))

    def origin_number(self, origin: RequestOrigin) -> int:
        """The number of an origin."""
        return self.origins.setdefault(origin, len(self.origins))

    def use_version_1_keys(self, booked: Container[int]) -> None:
        """Give requests the keys of version 0.1 where the book has these."""
        for key, version_1_key in self.version_1_keys.items():
            if version_1_key in booked and key in self.requests:
                self.requests[version_1_key] = self.requests.pop(key)
        self.version_1_keys.clear()

    def add(self, key: int, request: Request) -> None:
        """Add a line of a request."""
        first = self.requests.setdefault(key, request)
        if first is not request:
            self.tally.duplicates += 1
            if request.total > first.total:
                same = {"ts": first.ts, "origin": first.origin, "file": first.file}
                self.requests[key] = msgspec.structs.replace(request, **same)


def key_of(text: str) -> int:
    """The 64-bit hash of a text."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def amounts_of(feed: LogFeed) -> Callable[[tuple[Any, ...]], Amounts]:
    """The function from the seven counts of a line, null where absent, to amounts."""
    with_cache, with_reasoning = feed.input_with_cache, feed.output_with_reasoning

    def amounts(counts: tuple[Any, ...]) -> Amounts:
        fresh, read, writes, short, long, output, reasoning = counts
        read, output, reasoning = read or 0, output or 0, reasoning or 0
        if not writes and short is long is None and with_reasoning and fresh is not None:
            if with_cache:
                fresh = fresh - read if fresh > read else 0
            return fresh, read, 0, 0, output, reasoning
        long = long or 0
        short = short or 0 if writes is None else max(writes - long, 0)
        fresh = fresh or 0
        if with_cache:
            fresh = max(fresh - read - short - long, 0)
        if not with_reasoning:
            output += reasoning
        return fresh, read, short, long, output, reasoning

    return amounts


def total(amounts: Amounts) -> int:
    """All tokens; reasoning is a part of the output."""
    return amounts[0] + amounts[1] + amounts[2] + amounts[3] + amounts[4]


class RequestLines:
    """The lines of a file where each request has lines of its own."""

    def __init__(self, feed: CompiledFeed, requests: RequestSet, file: int, stem: str) -> None:
        self.requests, self.feed, self.file, self.stem = requests, feed, file, stem
        self.amounts = amounts_of(feed.feed)
        self.context = SessionContext(feed)

    def add(self, row: Row) -> None:
        """Add a line. Raises Refused."""
        feed, requests = self.feed, self.requests
        kind = feed.requests
        if not kind.only.all(row) or feed.never.any(row):
            if not self.context.update(row):
                requests.tally.ignored += 1
            return
        fields = kind.fields.pick(row)
        amounts = self.amounts(fields[8:])
        tokens = total(amounts)
        if not tokens and fields[7] is None:
            # It has no use at all, but it may be a line that describes the session.
            requests.tally.ignored += not self.context.update(row)
            return
        ts = feed.moment(fields[0])
        if fields[7] is not None and not 0 <= fields[7] <= 1e9:
            raise Refused(f"usd is {fields[7]}, not from 0 to 1e9")
        identity = [row[column] for column in kind.identity]
        if identity.count(None) == len(identity):
            identity = [ts, fields[1] or self.stem, fields[4], *amounts]
        origin = requests.origin_number(self.context.origin(fields, self.stem))
        request = Request(tokens, ts, origin, amounts, fields[7], fields[5], self.file)
        requests.add(requests.key(identity), request)


class SessionContext(msgspec.Struct, array_like=True):
    """The session, project and so on of the lines that follow, from the lines so far."""

    feed: CompiledFeed
    session: str | None = None
    project: str | None = None
    branch: str | None = None
    model: str | None = None
    parent: str | None = None
    is_subagent: bool = False
    read: list[int] = []

    def update(self, row: Row) -> bool:
        """Read a line that describes the session; False where it is not one."""
        for number, kind in enumerate(self.feed.settings):
            if not kind.only.all(row):
                continue
            if kind.first_only:
                if number in self.read:
                    return True
                self.read.append(number)
            session, project, branch, model, parent, subagent = kind.fields.pick(row)
            self.session = session or self.session
            self.project = project or self.project
            self.branch = branch or self.branch
            self.model = model or self.model
            self.parent = parent or self.parent
            self.is_subagent = bool(subagent) or self.is_subagent
            return True
        return False

    def origin(self, fields: tuple[Any, ...], stem: str) -> RequestOrigin:
        """The origin of a line with these fields, which come first."""
        return (
            fields[1] or self.session or stem,
            fields[2] or self.project,
            fields[3] or self.branch,
            fields[4] or self.model,
            bool(fields[6]) or self.is_subagent,
        )

    def saved(self) -> list[Any]:
        """The state to save for lines that are not there yet."""
        return list(msgspec.structs.astuple(self)[1:])

    def resume(self, saved: list[Any]) -> None:
        """Continue from a saved state."""
        for name, value in zip(self.__struct_fields__[1:], saved, strict=True):
            setattr(self, name, value)
