"""Reads and books the files of a feed, with two processes where that saves time.

Each process reads half of the files. Then they exchange keys: a request that both have stays with
the one that has more tokens of it, or has it from an older file. Each books its own requests.
"""

import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from burnbook.agent_logs.reader import LogReader, Rejected
from burnbook.agent_logs.requests import Tally
from burnbook.agent_logs.writer import Writer
from burnbook.base import errors
from burnbook.base.worker import Channel, worker
from burnbook.jsonl.sources import Log, Source
from burnbook.meters.vendor_meters import Shown
from burnbook.store.projection import signed
from burnbook.store.store import Store
from burnbook.usage.projection import USAGE, Increment
from burnbook.usage.request_index import Known, RequestIndex, look_up

MIN_BYTES = 4 << 20
"""Below this, starting a second process costs more than it saves."""
ROUND_BYTES = 3 << 29
"""The files that are read before their requests are booked: it bounds the memory for these."""
_OPEN_COST = 50_000  # the cost of opening a file, as bytes to read


class Job(NamedTuple):
    """A file to read, its state after the last read, and its number, oldest first."""

    log: Log
    source: Source | None
    file: int

    @property
    def size(self) -> int:
        """The bytes that are new."""
        return max(self.log.size - (self.source.offset if self.source else 0), 0)


class JobResult(msgspec.Struct):
    """The result of one process."""

    tally: Tally
    increments: list[Increment]
    sources: dict[str, Source]
    rejected: list[Rejected]
    meters: dict[str, list[Shown]]
    plan: tuple[datetime, str] | None


class _Keys(msgspec.Struct):
    """The requests of one process as columns: key, tokens, number of the file."""

    keys: bytes
    tokens: bytes
    files: bytes


class _Answer(msgspec.Struct):
    """The keys of requests that the other process keeps, and those of the rest in the book."""

    lost: list[int]
    known: Known


class Run:
    """Reads and books files of one feed into one book."""

    def __init__(self, store: Store, reader: LogReader, writer: Writer) -> None:
        self.store, self.reader, self.writer = store, reader, writer
        self.sources: dict[str, Source] = {}

    def run(self, jobs: Sequence[Job], *, strict: bool = False) -> JobResult:
        """Read and book files. `strict`: all lines, or raise BadData and book nothing."""
        for part in [jobs] if strict else _rounds(jobs):
            size = sum(job.size for job in part)
            is_small = size < MIN_BYTES or len(part) < 2 or (os.cpu_count() or 1) < 2
            if strict or is_small:
                self._alone(part, strict=strict)
            else:
                self._with_worker(*_halves(part))
            self.store.add(USAGE, [added.stretch() for added in self.writer.increments])
            self.writer.increments.clear()
            self.reader.requests.requests.clear()
        return self._result()

    def _alone(self, jobs: Sequence[Job], *, strict: bool) -> None:
        self._read(jobs)
        rejected = self.reader.rejected
        if strict and rejected:
            path = "stdin" if rejected[0].path.startswith("/dev/fd/") else rejected[0].path
            more = f", and {len(rejected) - 1} more" if len(rejected) > 1 else ""
            reason = f"{path}: {rejected[0].reason}{more}; nothing booked (--strict)"
            raise errors.BadData(reason)
        self._use_version_1_keys(self._version_1_keys_in_book([]))
        self._book(self._look_up(self.reader.requests.requests))

    def _with_worker(self, mine: Sequence[Job], theirs: Sequence[Job]) -> None:
        with worker(lambda channel: self._work(theirs, channel)) as channel:
            self._read(mine)
            booked = self._version_1_keys_in_book(channel.receive(list[int]))
            channel.send(booked)
            self._use_version_1_keys(booked)
            keys = channel.receive(_Keys)
            lost = self._settle(keys)
            worker_keys = array("Q", keys.keys)
            known = self._look_up([*self.reader.requests.requests, *worker_keys])
            others = {signed(key) for key in worker_keys} & known.requests.keys()
            requests = {key: known.requests[key] for key in others}
            channel.send(_Answer(lost, Known(known.offset, known.mark, requests)))
            self._book(known)
            result = channel.receive(JobResult)
        self.writer.tally.add(result.tally)
        self.writer.increments += result.increments
        self.sources |= result.sources
        self.reader.rejected += result.rejected
        self.reader.meters.join(result.meters)
        plans = filter(None, (self.reader.meters.plan, result.plan))
        self.reader.meters.plan = max(plans, default=None)

    def _work(self, jobs: Sequence[Job], channel: Channel) -> None:
        """The second process: it reads and books its half."""
        self._forget()
        self._read(jobs)
        channel.send([*self.reader.requests.version_1_keys.values()])
        self._use_version_1_keys(channel.receive(list[int]))
        requests = self.reader.requests.requests
        tokens = [request.total for request in requests.values()]
        files = [request.file for request in requests.values()]
        columns = [array("Q", column).tobytes() for column in (requests, tokens, files)]
        channel.send(_Keys(*columns))
        answer = channel.receive(_Answer)
        for key in answer.lost:
            del requests[key]
        self.reader.requests.tally.duplicates += len(answer.lost)
        self._book(answer.known)
        channel.send(self._result())

    def _forget(self) -> None:
        """Drop the results of earlier rounds, which the first process has."""
        self.writer.tally, self.reader.requests.tally = Tally(), Tally()
        self.reader.rejected, self.reader.meters.windows = [], {}
        self.reader.meters.plan, self.sources = None, {}

    def _settle(self, keys: _Keys) -> list[int]:
        """Drop the requests that the worker keeps; returns the keys of those that it loses."""
        requests = self.reader.requests.requests
        worker_keys = array("Q", keys.keys)
        both = requests.keys() & worker_keys
        lost = []
        if both:
            tokens, files = array("Q", keys.tokens), array("Q", keys.files)
            for key, total, file in zip(worker_keys, tokens, files, strict=True):
                if key not in both:
                    continue
                mine = requests[key]
                if (mine.total, -mine.file) >= (total, -file):
                    lost.append(key)
                else:
                    del requests[key]
                    self.reader.requests.tally.duplicates += 1
        return lost

    def _read(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            source = self.reader.read(job.log, job.file, job.source)
            if source is not None:
                self.sources[job.log.path] = source

    def _version_1_keys_in_book(self, others: Sequence[int]) -> list[int]:
        """The keys of version 0.1 that are in the book, among those of this process and others."""
        keys = [*self.reader.requests.version_1_keys.values(), *others]
        if not keys:
            return []
        booked = self._look_up(keys).requests
        return [key for key in keys if signed(key) in booked]

    def _use_version_1_keys(self, booked: Sequence[int]) -> None:
        self.reader.requests.use_version_1_keys(set(booked))

    def _look_up(self, keys: Iterable[int]) -> Known:
        return look_up(self.store, self.writer.root, keys)

    def _book(self, known: Known) -> None:
        self.writer.book(self.reader.requests, RequestIndex(self.writer.root, known))

    def _result(self) -> JobResult:
        writer, reader = self.writer, self.reader
        writer.tally.add(reader.requests.tally)
        writer.tally.rejected += len(reader.rejected)
        meters = reader.meters
        return JobResult(
            writer.tally,
            writer.increments,
            self.sources,
            reader.rejected,
            meters.windows,
            meters.plan,
        )


def _rounds(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """The jobs in their order, in parts of part bytes."""
    part: list[Job] = []
    size = 0
    for job in jobs:
        if part and size > ROUND_BYTES:
            yield part
            part, size = [], 0
        part.append(job)
        size += job.size + _OPEN_COST
    if part:
        yield part


def _halves(jobs: Sequence[Job]) -> tuple[list[Job], list[Job]]:
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
