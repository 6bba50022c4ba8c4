"""Reads the files of a feed: new lines become requests; bad lines are rejected with a reason."""

import os
import stat
from collections.abc import Callable
from functools import partial
from typing import Any

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.forms import document
from burnbook.agent_logs.forms.connection import Unreadable
from burnbook.agent_logs.forms.database import Lines, add_rows
from burnbook.agent_logs.forms.detect import form_of
from burnbook.agent_logs.forms.lines import Wrong, add_lines
from burnbook.agent_logs.forms.otlp import add_records
from burnbook.agent_logs.forms.start import PACKED, FileStarts
from burnbook.agent_logs.forms.table import add_table
from burnbook.agent_logs.rate_limits import MeterReader
from burnbook.agent_logs.rejected_lines import Rejected
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.request_lines.rules import LineRules
from burnbook.agent_logs.request_lines.usual_lines import UsualRequests
from burnbook.agent_logs.requests import RequestSet
from burnbook.agent_logs.sums.readings import Readings
from burnbook.agent_logs.sums.series import Series
from burnbook.agent_logs.sums.usual_lines import UsualLines
from burnbook.config.agent_logs import LogFeed, Older, Otlp
from burnbook.jsonl import sources, unpack
from burnbook.jsonl.exports.skipped import Skipped
from burnbook.jsonl.parse import MAX_LINE
from burnbook.jsonl.scan import LONGEST, Buffer, Line, Span, reader
from burnbook.jsonl.sources import Left, Log, Source

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC

MAX_BAD = 10_000
"""Lines of a packed file that may be rejected."""
_SHORTEST = 384
"""Bytes of the average line with a request, at least: it bounds how many are read."""

BATCH = 1 << 15
"""Requests of a database that are booked together: it bounds the memory for these."""


class LogReader:
    """Reads files of one feed, one after another, into one `RequestSet`."""

    def __init__(self, name: str, feed: LogFeed) -> None:
        self.feed = feed
        self.compiled = CompiledFeed(feed)
        self.buffer = Buffer(feed.contains, feed.skips, self.compiled.beyond)
        self.requests = RequestSet(name)
        self.rules = LineRules(self.compiled, self.requests)
        is_sums = feed.counts == "totals"
        self.usual = UsualLines(self.compiled) if is_sums else UsualRequests(self.rules)
        self.readings = Readings()
        self.rejected: list[Rejected] = []
        self.meters, self.starts = MeterReader(self.compiled), FileStarts(self.rules, self.readings)
        self.left: Left = ""  # why nothing of the last file was read, though it has no fault
        self.skipped: Skipped = {}  # records of OpenTelemetry that are no requests
        self.max_lines: int | None = None  # of a packed file, that may be read
        self.on_read: Callable[[int], None] | None = None  # gets the bytes of each read
        self.on_batch: Callable[[], None] | None = None  # books the requests and drops them
        self.is_continued = False  # the last file was read from where the read before ended
        self.is_as_new = False  # a part was read, and its lines say nothing of later ones

    def read(
        self,
        log: Log,
        file: int,
        source: Source | None,
        *,
        is_finished: bool = True,
        span: Span | None = None,
    ) -> Source | None:
        """Read what is new in a file; None where it cannot be read.

        `is_finished`: nobody writes to it, so that its last line needs no newline. `span` is the
        part to read of a file of lines, whose handle is closed.
        """
        self.is_continued, self.left = False, ""
        if span is not None:
            self.is_as_new = False
        try:
            handle = span.handle if span else os.open(log.path, _FLAGS)
        except OSError as error:
            self._reject(log.path, 0, f"cannot be read: {error.strerror}", b"")
            return None
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            form = log.form or form_of(self.feed, handle)
            if form.format == "sqlite":
                return self._database(log, handle, file, source)
            if form.format in ("document", "csv", "otlp"):
                return self._whole(log, handle, file, form, is_finished=is_finished)
            if log.path.endswith(PACKED):
                return self._packed(log, handle, file)
            return self._lines(log, handle, file, source, span, is_finished=is_finished)
        except OSError as error:
            self._reject(log.path, 0, f"cannot be read: {error.strerror}", b"")
            return None
        finally:
            os.close(handle)

    def _lines(
        self,
        log: Log,
        handle: int,
        file: int,
        source: Source | None,
        span: Span | None,
        *,
        is_finished: bool,
    ) -> Source:
        offset, stop = (span.start, span.stop) if span else (sources.begin(handle, source), None)
        self.is_continued = offset > 0 and span is None
        lines = self.starts.start(log, file)
        if self.is_continued and source is not None and (going := sources.context_of(source)):
            lines.resume(going)
            lines.ends |= source.ends
        new = lines.saved() if stop is not None else []
        # Up to the present size, which saves the read at the end; a file in /proc shows none.
        last = stop or os.fstat(handle).st_size or None
        read = reader(handle, self.on_read, last)
        # What waits for later lines is not booked at the end of a part: they follow.
        self._read(log.path, lines, read, offset, is_finished=is_finished and stop is None)
        end = self.buffer.end
        head, length = sources.head_of(handle, end)
        mark, saved = sources.mark_of(handle, end), lines.saved()
        if stop is not None:  # the lines around the cut are of different requests
            self.is_as_new = saved[:-1] == new[:-1]
        state = (end, head, length, mark, sources.encoded(saved), is_finished, lines.end_sessions())
        return Source(log.size, log.mtime_ns, *state)

    def _packed(self, log: Log, handle: int, file: int) -> Source:
        lines = self.starts.start(log, file)
        try:
            with unpack.opened(handle) as unpacked:
                self.max_lines = unpacked.most // _SHORTEST
                self._read(
                    log.path, lines, lambda view, _: unpacked.readinto(view), 0, is_finished=True
                )
        except unpack.Damaged as error:
            self._reject(log.path, 0, f"cannot be unpacked: {error}", b"")
        finally:
            self.max_lines = None
        return Source(log.size, log.mtime_ns, is_finished=True, ends=lines.end_sessions())

    def _read(self, path: str, lines: Lines, read: Any, offset: int, *, is_finished: bool) -> None:
        try:
            self._read_blocks(path, lines, read, offset)
            if is_finished:
                self._read_rest(path, lines)
                lines.settle()
        finally:
            context = lines.context
            self.meters.end_file(context.session or lines.stem, context.home)

    def _read_rest(self, path: str, lines: Lines) -> None:
        """Read a last line without a newline. It may be completed all the same."""
        if not (hits := self.buffer.rest()):
            return
        counted = dict(lines.counted) if isinstance(lines, RequestLines) else {}
        self._reject_lines(path, hits, self._add_lines(lines, hits))
        if isinstance(lines, RequestLines):
            lines.counted = counted  # it is counted where it is completed

    def _read_blocks(self, path: str, lines: Lines, read: Any, offset: int) -> None:
        buffer, count, bad = self.buffer, 0, 0
        for hits in buffer.blocks(read, offset):
            wrong = self._add_lines(lines, hits)
            self._reject_lines(path, hits, wrong)
            if self.max_lines is not None:
                count, bad = count + len(hits), bad + len(wrong)
                if count > self.max_lines or bad > MAX_BAD:
                    reason = f"{count} lines look like requests, {bad} of them are not"
                    raise unpack.Damaged(reason)
        for start in buffer.skipped:
            self._reject(path, start, f"a line of over {LONGEST} bytes", b"")

    def _add_lines(self, lines: Lines, hits: list[Line]) -> Wrong:
        if isinstance(lines, Series):
            lines.calls.begin(self.buffer.calls)
        meters, wrong = add_lines(self.compiled, self.usual.add, lines, hits)
        self.meters.read(meters, 0, 1)
        return wrong

    def _whole(
        self, log: Log, handle: int, file: int, form: LogFeed | Older | Otlp, *, is_finished: bool
    ) -> Source | None:
        """Read a file that is read as a whole whenever it changes."""
        lines = self.starts.start(log, file)
        if isinstance(form, Otlp):
            wrong = add_records(self.feed, lines, self.skipped, log, handle, file)
        elif form.format == "csv":
            lines.stem = self.requests.tool  # exports overlap, so their names are no sessions
            wrong = add_table(self.compiled, lines, handle)
        else:
            wrong = document.add_document(self.compiled, lines, handle, form.items)
        try:
            for reason, data in wrong:
                self._reject(log.path, 0, reason, data)
        except document.Stub:
            self.left = "stub"
        except document.Unreadable as error:
            if error.is_cut and not is_finished:
                self.left = "unfinished"
                return None
            self._reject(log.path, 0, str(error), b"")
        return Source(log.size, log.mtime_ns, is_finished=True, ends=lines.end_sessions())

    def _database(self, log: Log, handle: int, file: int, source: Source | None) -> Source | None:
        lines = self.starts.start(log, file)
        inode = os.fstat(handle).st_ino
        saved = sources.context_of(source) if source is not None else []
        if source is not None and saved[:1] == [inode]:
            lines.ends |= source.ends
        else:
            saved = [inode, 0]
        reject, after_row = partial(self._reject, log.path, 0), partial(self._after_row, log, file)
        self.is_continued = bool(saved[1])
        try:
            since, lines = add_rows(self.compiled, lines, log, saved[1], reject, after_row)
        except Unreadable as error:
            self._reject(log.path, 0, f"cannot be read: {error}", b"")
            return None
        going, ends = sources.encoded([inode, since]), lines.end_sessions()
        return Source(log.size, log.mtime_ns, going=going, is_finished=True, ends=ends)

    def _after_row(self, log: Log, file: int, lines: Lines, size: int) -> Lines:
        """The lines for the next row of a database: new ones after a batch, which is booked."""
        if self.on_read is not None:
            self.on_read(size)
        held = len(self.requests.requests) + len(self.readings.latest)
        if self.on_batch is None or held < BATCH:
            return lines
        following, ends = self.starts.start(log, file), lines.end_sessions()
        self.on_batch()
        following.resume(lines.saved())
        following.ends = ends
        return following

    def _reject_lines(self, path: str, hits: list[Line], wrong: Wrong) -> None:
        offsets = self.buffer.offsets(hits) if wrong else []
        for n, reason in wrong:
            self._reject(path, offsets[n], reason, bytes(hits[n][: MAX_LINE + 1]))

    def _reject(self, path: str, offset: int, reason: str, line: bytes) -> None:
        self.rejected.append(Rejected(path, offset, reason, line[: MAX_LINE + 1]))
