"""The requests that were found in logs: each once, by the key of what identifies it.

Of lines that tell of one request, the first says when and where it was, and the one that tells most
tokens what it used.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.agent_logs.compiled_feed import Row
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import LogFeed

# Input without the cached, cache read, cache writes of 5 minutes and 1 hour, output, reasoning.
Amounts = tuple[int, int, int, int, int, int]
# Session, project, branch, model, whether it is a subagent's: as the log has them.
Where = tuple[str | None, str | None, str | None, str | None, bool]


class Request(NamedTuple):
    """One request. `where` is a number of a place; `rank` that of the file it stood in."""

    total: int
    ts: datetime
    where: int
    amounts: Amounts
    usd: float | None
    request_id: str | None
    rank: int


class Tally(msgspec.Struct):
    """What became of the lines."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    ignored: int = 0

    def take(self, other: "Tally") -> None:
        """Add another's."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Found:
    """Requests of one process. `rejected` has (file, line's offset, reason, line)."""

    def __init__(self, tool: str) -> None:
        self.tool = tool
        self.requests: dict[int, Request] = {}
        self.places: dict[Where, int] = {}
        self.tally = Tally()
        self.rejected: list[tuple[int, str, bytes]] = []

    def key(self, parts: Any) -> int:
        """The key of what identifies a request."""
        return key_of("\0".join([self.tool, *map(str, parts)]))

    def place(self, where: Where) -> int:
        """The number of a place."""
        return self.places.setdefault(where, len(self.places))

    def take(self, key: int, request: Request) -> None:
        """One more line of a request, or the first."""
        old = self.requests.setdefault(key, request)
        if old is not request:
            self.tally.duplicates += 1
            if request.total > old.total:
                kept = request._replace(ts=old.ts, where=old.where, rank=old.rank)
                self.requests[key] = kept


def key_of(text: str) -> int:
    """64 bits of a text."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def amounts_of(feed: LogFeed) -> Callable[[tuple[Any, ...]], Amounts]:
    """What makes amounts of the seven counts of a line, null where it does not tell them."""
    with_cache, with_reasoning = feed.input_with_cache, feed.output_with_reasoning

    def amounts(told: tuple[Any, ...]) -> Amounts:
        got, read, writes, short, long, put, thought = told
        read, put, thought = read or 0, put or 0, thought or 0
        if writes is short is long is None and with_reasoning and got is not None:
            if with_cache:
                got = got - read if got > read else 0
            return got, read, 0, 0, put, thought
        long = long or 0
        short = short or 0 if writes is None else max(writes - long, 0)
        got = got or 0
        if with_cache:
            got = max(got - read - short - long, 0)
        if not with_reasoning:
            put += thought
        return got, read, short, long, put, thought

    return amounts


def total(amounts: Amounts) -> int:
    """All tokens; reasoning is a part of the output."""
    return amounts[0] + amounts[1] + amounts[2] + amounts[3] + amounts[4]


class Requests:
    """Lines that each tell one request."""

    def __init__(self, feed: LogFeed, found: Found, lines: Any, rank: int, stem: str) -> None:
        self.found, self.lines, self.rank, self.stem = found, lines, rank, stem
        self.amounts = amounts_of(feed)
        self.setting = Setting(lines)

    def take(self, row: Row) -> None:
        """Take a row in. Raises Refused."""
        lines, found = self.lines, self.found
        asked = lines.requests
        if not asked.test.all(row) or lines.never.any(row):
            if not self.setting.take(row):
                found.tally.ignored += 1
            return
        picked = asked.values.pick(row)
        told = picked[8:]
        amounts = self.amounts(told)
        tokens = total(amounts)
        if not tokens and picked[7] is None:
            # It tells no use at all, but may say what holds for others.
            found.tally.ignored += not self.setting.take(row)
            return
        ts = lines.moment(picked[0])
        if picked[7] is not None and not 0 <= picked[7] <= 1e9:
            raise Refused(f"usd is {picked[7]}, not from 0 to 1e9")
        parts = [row[at] for at in asked.identity]
        if parts.count(None) == len(parts):
            parts = [ts, picked[1] or self.stem, picked[4], *amounts]
        where = found.place(self.setting.where(picked, self.stem))
        request = Request(tokens, ts, where, amounts, picked[7], picked[5], self.rank)
        found.take(found.key(parts), request)


class Setting(msgspec.Struct, array_like=True):
    """What the lines before say of those behind them."""

    lines: Any
    session: str | None = None
    project: str | None = None
    branch: str | None = None
    model: str | None = None
    parent: str | None = None
    is_subagent: bool = False
    known: list[int] = []

    def take(self, row: Row) -> bool:
        """Take a row in; False where it says nothing of that kind."""
        for number, asked in enumerate(self.lines.settings):
            if not asked.test.all(row):
                continue
            if asked.setting.first:
                if number in self.known:
                    return True
                self.known.append(number)
            session, project, branch, model, parent, subagent = asked.values.pick(row)
            self.session = session or self.session
            self.project = project or self.project
            self.branch = branch or self.branch
            self.model = model or self.model
            self.parent = parent or self.parent
            self.is_subagent = bool(subagent) or self.is_subagent
            return True
        return False

    def where(self, picked: tuple[Any, ...], stem: str) -> Where:
        """The place of a line with these fields: what it says itself comes first."""
        return (
            picked[1] or self.session or stem,
            picked[2] or self.project,
            picked[3] or self.branch,
            picked[4] or self.model,
            bool(picked[6]) or self.is_subagent,
        )

    def kept(self) -> list[Any]:
        """What is to be remembered of it for the lines that are not there yet."""
        return list(msgspec.structs.astuple(self)[1:])

    def resume(self, kept: list[Any]) -> None:
        """Go on with what was remembered."""
        for name, value in zip(self.__struct_fields__[1:], kept, strict=True):
            setattr(self, name, value)
