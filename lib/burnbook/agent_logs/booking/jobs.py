"""The files to read in one call, and what came of reading them."""

import os
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.forms import ranges
from burnbook.agent_logs.forms.detect import SQLITE
from burnbook.agent_logs.origin import RequestOrigin
from burnbook.agent_logs.rate_limits import HomeMeters
from burnbook.agent_logs.rejected_lines import Rejected
from burnbook.agent_logs.requests import Request, RequestSet, Tally
from burnbook.jsonl.exports.skipped import Skipped
from burnbook.jsonl.scan import Span
from burnbook.jsonl.sources import Log, Source
from burnbook.usage.request_index import Known
from burnbook.usage.tables.increment import Increment

ROUND_BYTES = 3 << 29
"""The files that are read before their requests are booked: it bounds the memory for these."""
_LARGE = 16 << 20  # bytes of a database
_OPEN_COST = 50_000  # the cost of opening a file, as bytes to read


States = dict[str, msgspec.Raw]
"""The encoded states of files, by path."""


class Job(NamedTuple):
    """A file to read, its state after the last read, and its number, oldest first.

    `is_finished`: nobody will write to it soon, so its last line is whole without a newline.
    `span`: the part of it that one of two processes reads.
    """

    log: Log
    source: Source | None
    file: int
    is_finished: bool = True
    span: Span | None = None

    @property
    def is_export(self) -> bool:
        """Whether it is one of the agent's OpenTelemetry export, as its own folders have it."""
        return self.log.form is not None and self.log.form.format == "otlp"

    @property
    def size(self) -> int:
        """The bytes that are new."""
        if self.span is not None:
            return (self.span.stop or self.log.size) - self.span.start
        return max(self.log.size - (self.source.offset if self.source else 0), 0)

    def is_database(self) -> bool:
        """Whether the file is an SQLite database, as its first bytes show."""
        try:
            with open(self.log.path, "rb") as file:
                return file.read(len(SQLITE)) == SQLITE
        except OSError:
            return False  # the reader reports it


class JobResult(msgspec.Struct):
    """The result of one process."""

    tally: Tally
    increments: list[Increment]
    states: States
    rejected: list[Rejected]
    meters: dict[str, HomeMeters]
    rivals: set[tuple[int, int]]
    skipped: Skipped = {}


class Keys(msgspec.Struct):
    """The requests of one process: their keys and other keys, and the ends of sessions."""

    keys: bytes
    others: bytes
    ends: dict[int, float]


class Shared(NamedTuple):
    """A request that both processes have, as the second has it."""

    key: int
    request: Request
    origin: RequestOrigin
    aliases: list[int]
    earlier: int | None
    claims: list[tuple[RequestOrigin, datetime]]


class Answer(msgspec.Struct):
    """What the book has of the requests of the other process, and other ends of sessions."""

    known: Known
    ends: dict[int, float]


def rounds(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """The jobs in their order, in parts of at most ROUND_BYTES, or of one job.

    A large database is a part of its own, because one process books it in batches.
    """
    part: list[Job] = []
    size = 0
    for job in jobs:
        if job.size > _LARGE and job.is_database():
            yield from ([part] if part else [])
            yield [job]
            part, size = [], 0
            continue
        if part and size > ROUND_BYTES:
            yield part
            part, size = [], 0
        part.append(job)
        size += job.size + _OPEN_COST
    if part:
        yield part


def halves(jobs: Sequence[Job]) -> tuple[list[Job], list[Job]]:
    """The jobs in two parts of about the same size, each in its order."""
    sizes, chosen = [0, 0], set()
    for job in sorted(jobs, key=lambda job: job.size, reverse=True):
        to_second = int(sizes[1] < sizes[0])
        sizes[to_second] += job.size + _OPEN_COST
        if to_second:
            chosen.add(job.file)
    return (
        [job for job in jobs if job.file not in chosen],
        [job for job in jobs if job.file in chosen],
    )


def parts(feed: CompiledFeed, jobs: Sequence[Job], least: int) -> tuple[list[Job], list[Job]]:
    """The jobs in two parts of about the same size: a file that is larger than one is cut.

    Then the second part is the end of that file alone. Its beginning has at least `least` bytes.
    """
    largest = max(jobs, key=lambda job: job.size)
    start = largest.log.size - sum(job.size + _OPEN_COST for job in jobs) // 2
    if start < least or largest.source is not None:
        return halves(jobs)
    try:
        handle = os.open(largest.log.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return halves(jobs)  # the reader reports it
    middle = None
    try:
        if ranges.is_divisible(feed, largest.log, handle):
            middle = ranges.cut(feed, handle, start)
    finally:
        if middle is None:
            os.close(handle)
    if middle is None:
        return halves(jobs)
    first, second = Span(handle, 0, middle), Span(handle, middle)
    mine = [job._replace(span=first) if job is largest else job for job in jobs]
    return mine, [largest._replace(span=second)]


def shared(requests: RequestSet, keys: Collection[int]) -> list[Shared]:
    """Requests for the other process, which are no longer of this one."""
    aliases: dict[int, list[int]] = {}
    for alias, owner in requests.aliases.items():
        if owner in keys:
            aliases.setdefault(owner, []).append(alias)
    result = []
    for key in keys:
        claims = [(requests.origin(at), ts) for at, ts in requests.claims.get(key, ())]
        request, earlier = requests.requests[key], requests.earlier.get(key)
        origin = requests.origin(request.origin)
        result.append(Shared(key, request, origin, aliases.get(key, []), earlier, claims))
        requests.drop(key)
    return result


def join(requests: RequestSet, other: Shared) -> None:
    """Add a request of the other process to the same one of this."""
    number = requests.origin_number
    request = msgspec.structs.replace(other.request, origin=number(other.origin))
    if requests.add(other.key, request, other.aliases, other.earlier) is not None:
        for origin, ts in other.claims:
            requests.claim(requests.owner(other.key), number(origin), ts)
