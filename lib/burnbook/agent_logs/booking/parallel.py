"""Reads and books the files of a feed, with two processes where that saves time.

Each process reads half of the files. Then they exchange keys: the first gets the requests that both
have. Each books its own requests.
"""

import os
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from burnbook.agent_logs.booking import outcome, twins
from burnbook.agent_logs.booking.deleted import add_rest
from burnbook.agent_logs.booking.jobs import (
    Answer,
    Job,
    JobResult,
    Keys,
    Shared,
    States,
    join,
    parts,
    rounds,
    shared,
)
from burnbook.agent_logs.booking.sessions import jobs_again
from burnbook.agent_logs.booking.totals import add_differences
from burnbook.agent_logs.booking.writer import Writer
from burnbook.agent_logs.reader import LogReader
from burnbook.agent_logs.requests import Tally
from burnbook.base.worker import Channel, worker
from burnbook.jsonl.exports import skipped
from burnbook.jsonl.known.state import Remembered
from burnbook.jsonl.sources import Source, decoded, encoded
from burnbook.store.projection import signed
from burnbook.store.store import Store
from burnbook.usage.projection import USAGE
from burnbook.usage.request_index import Known, RequestIndex, SharedRanges, look_up
from burnbook.view.progress import Progress

MIN_BYTES = 4 << 20
"""Below this, starting a second process costs more than it saves."""


class Run:
    """Reads and books files of one feed into one book."""

    def __init__(
        self, store: Store, reader: LogReader, writer: Writer, progress: Progress | None = None
    ) -> None:
        self.store, self.reader, self.writer = store, reader, writer
        self.progress = progress or Progress()
        self.states: States = {}
        self._inherited: list[Any] = []  # by the second process, see `_forget`
        self._has_exported = False  # the book has requests of the agent's export

    def run(
        self, jobs: Sequence[Job], known: Remembered | None = None, *, strict: bool = False
    ) -> JobResult:
        """Read and book files. `strict`: all lines, or raise BadData and book nothing.

        Where a session turns out to have made the requests of another, its files are read again.
        """
        known = known if known is not None else Remembered()
        self.writer.sessions.earlier = known.ends()
        if self.reader.feed.otlp is not None and jobs:
            marks = twins.marks(self.writer.tool)
            found = look_up(self.store, self.writer.root, marks).aliases
            self._has_exported = any(signed(mark) in found for mark in marks)
        self._run(jobs, strict=strict)
        rivals = self.writer.sessions.rivals
        rivals |= set(known.rivals)
        known.update(self.states)
        if again := jobs_again(known, rivals):
            self._run(again, strict=False)
            known.update(self.states)
        self.writer.tally.rejected += len(self.reader.rejected)  # of both processes
        return self._result()

    def _run(self, jobs: Sequence[Job], *, strict: bool) -> None:
        for part in [jobs] if strict else rounds(jobs):
            size = sum(job.size for job in part)
            is_small = size < MIN_BYTES or (os.cpu_count() or 1) < 2
            has_exports = self._has_exported or any(job.is_export for job in part)
            is_alone = strict or is_small or has_exports or self.reader.compiled.depends_on_book
            mine, theirs = (
                (part, []) if is_alone else parts(self.reader.compiled, part, MIN_BYTES // 2)
            )
            if theirs:
                self._with_worker(mine, theirs)
            else:
                self._alone(part, strict=strict)
            self._end_part()
            if self.reader.starts.deleted:
                # The rest of what agents deleted: the book has the other requests now.
                add_rest(self.store, self.reader.starts.deleted, self.reader.requests)
                self._book_batch()

    def _end_part(self) -> None:
        """Drop what is booked, which frees its memory, and bring the store up to date."""
        self.reader.requests.clear()
        self.writer.sessions.keep(self.reader.requests.ends)
        self.reader.requests.ends = {}
        self.reader.readings.clear()
        self.store.add(USAGE, [added.stretch() for added in self.writer.increments])
        self.writer.increments.clear()

    def _book_batch(self) -> None:
        """Book the requests of the rows so far of a database."""
        self._book_alone()
        self._end_part()

    def _book_alone(self) -> None:
        """Book the requests of the one process, and what readings add to the booked ones."""
        readings = self.reader.readings
        add_differences(self.store, self.writer.root, readings, self.reader.requests)
        self.writer.following = readings.following
        twins.join(self.reader.requests, self.writer.root, has_exported=self._has_exported)
        self._book(self._look_up())

    def _alone(self, jobs: Sequence[Job], *, strict: bool) -> None:
        self.reader.on_read = self.progress
        self.reader.on_batch = None if strict else self._book_batch
        self._read(jobs)
        if strict:
            outcome.refuse(self.reader.rejected)
        self._book_alone()

    def _with_worker(self, mine: Sequence[Job], theirs: Sequence[Job]) -> None:
        self.reader.on_batch = None
        requests, ranges = self.reader.requests, SharedRanges()
        sizes = [sum(job.size for job in jobs) for jobs in (mine, theirs)]
        with worker(lambda channel: self._work(theirs, channel, ranges)) as channel:
            # The other process is about as far.
            share = sum(sizes) / (sizes[0] or 1)
            self.reader.on_read = lambda count: self.progress(round(count * share))
            self._read(mine)
            keys = channel.receive(Keys)
            first = next((job for job in mine if job.span is not None), None)
            is_kept = first is None or self.reader.is_as_new
            channel.send(is_kept)
            if first is not None and not is_kept:  # the rest of a file depends on its first part
                keys = Keys(b"", b"", {})
                self._read([first._replace(span=None, source=self._source(first))])
            worker_keys, others = array("Q", keys.keys), array("Q", keys.others)
            own = requests.requests.keys() | requests.aliases.keys()
            channel.send([key for key in (*worker_keys, *others) if key in own])
            for request in channel.receive(list[Shared]):
                join(requests, request)
            ends = dict(requests.ends)
            for session, end in keys.ends.items():
                requests.end(session, end)
            known = self._look_up([*worker_keys, *others])
            names = {signed(key) for key in (*worker_keys, *others)} if known.requests else set()
            aliases = {name: known.aliases[name] for name in names & known.aliases.keys()}
            names |= {*aliases.values()}
            booked = {name: known.requests[name] for name in names & known.requests.keys()}
            answer = msgspec.structs.replace(known, requests=booked, aliases=aliases)
            channel.send(Answer(answer, ends))
            self._book(known, ranges)
            requests.clear()  # before there is the memory for the result of the other process
            result = channel.receive(JobResult)
            result.states = channel.receive(States)
        self.writer.tally.add(result.tally)
        self.writer.increments += result.increments
        if first is not None and is_kept:
            outcome.join(self.states, result.states, first.log.path)
        self.states |= result.states
        self.writer.sessions.rivals |= result.rivals
        self.reader.rejected += result.rejected
        self.reader.meters.join(result.meters)
        skipped.add(self.reader.skipped, result.skipped)

    def _work(self, jobs: Sequence[Job], channel: Channel, ranges: SharedRanges) -> None:
        """The second process: it reads and books its half."""
        self._forget()
        self._read(jobs)
        requests = self.reader.requests
        others = [*requests.aliases, *requests.earlier.values()]
        keys, more = array("Q", requests.requests), array("Q", others)
        channel.send(Keys(keys.tobytes(), more.tobytes(), requests.ends))
        if not channel.receive(bool):
            requests.clear()
            self._forget()
        asked = {requests.aliases.get(key, key) for key in channel.receive(list[int])}
        channel.send(shared(requests, asked & requests.requests.keys()))
        answer = channel.receive(Answer)
        for session, end in answer.ends.items():
            requests.end(session, end)
        self._book(answer.known, ranges)
        requests.clear()
        states, self.states = self.states, {}
        channel.send(self._result())
        channel.send(states)  # a message of its own, because views of it are kept

    def _forget(self) -> None:
        """Begin without the results of earlier rounds, which the first process has.

        They are not freed here, because that would copy the pages that both processes share.
        """
        self._inherited.append((self.states, self.reader.rejected, self.reader.meters.homes))
        self.writer.tally, self.reader.requests.tally = Tally(), Tally()
        self.reader.rejected, self.reader.meters.homes, self.states = [], {}, {}
        self.reader.skipped = {}
        self.reader.on_read = None

    def _read(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            source = outcome.read(self.reader, job)
            if source is not None:
                self.states[job.log.path] = encoded(source)

    def _source(self, job: Job) -> Source | None:
        """The state of a file that was read."""
        state = self.states.get(job.log.path)
        return None if state is None else decoded(state)

    def _look_up(self, keys: Iterable[int] = ()) -> Known:
        """What the book has of the requests of this process, and of other keys."""
        requests = self.reader.requests
        more = [*requests.aliases, *requests.earlier.values()]
        return look_up(self.store, self.writer.root, [*requests.requests, *more, *keys])

    def _book(self, known: Known, ranges: SharedRanges | None = None) -> None:
        if self.reader.on_read is not None:
            self.progress.step("booking")
        self.writer.book(self.reader.requests, RequestIndex(self.writer.root, known, ranges))

    def _result(self) -> JobResult:
        writer, reader = self.writer, self.reader
        writer.tally.add(reader.requests.tally)
        return JobResult(
            writer.tally,
            writer.increments,
            self.states,
            reader.rejected,
            reader.meters.homes,
            writer.sessions.rivals,
            reader.skipped,
        )
