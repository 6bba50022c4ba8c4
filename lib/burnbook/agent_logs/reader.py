"""Reads one file of a feed: what is new in it becomes requests, and what is no use is told."""

import os
import stat
from typing import Any

import msgspec

from burnbook.agent_logs.compiled_feed import Lines, Row
from burnbook.agent_logs.cumulative import Series, State
from burnbook.agent_logs.cumulative_fast import Growing, Wrong, layout
from burnbook.agent_logs.rate_limits import Limits
from burnbook.agent_logs.requests import Found, Requests
from burnbook.base.errors import Refused
from burnbook.config.agent_logs import LogFeed, paths
from burnbook.jsonl import unpack
from burnbook.jsonl.parse import MAX_LINE
from burnbook.jsonl.scan import LONGEST, Buffer, Hit, reader
from burnbook.jsonl.sources import Log, Source, begin, head_of, mark_of

_DOCUMENT = 1 << 27
_PACKED = ".zst"
MAX_BAD = 10_000
"""Lines of a packed file that may be rejected."""
_SHORTEST = 384
"""Bytes of the average line with a request, at least: it bounds how many of them are looked at."""


class Reading:
    """Reads files of one feed, one after another, into one `Found`."""

    def __init__(self, name: str, feed: LogFeed) -> None:
        self.feed = feed
        self.lines = Lines(feed)
        self.buffer = Buffer(feed.contains, feed.skips)
        self.found = Found(name)
        self.rejected: list[tuple[str, int, str, bytes]] = []
        self.items = paths(feed.items)[0] if feed.items else ()
        self.limits = Limits(self.lines)
        self.most_lines: int | None = None  # of a packed file, that may be looked at
        self.layout = layout(self.lines) if feed.counts == "totals" else None

    def read(self, log: Log, rank: int, source: Source | None) -> Source | None:
        """Read what is new in a file; None where it cannot be read."""
        try:
            handle = os.open(log.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            self._reject(log.path, 0, f"cannot be read: {error.strerror}", b"")
            return None
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            if self.feed.format == "document":
                return self._document(log, handle, rank)
            if log.path.endswith(_PACKED):
                return self._packed(log, handle, rank)
            return self._lines(log, handle, rank, source)
        except OSError as error:
            self._reject(log.path, 0, f"cannot be read: {error.strerror}", b"")
            return None
        finally:
            os.close(handle)

    def _lines(self, log: Log, handle: int, rank: int, source: Source | None) -> Source:
        offset = begin(handle, source)
        taker = self._taker(log, rank)
        if offset and source is not None and source.going:
            taker.setting.resume(source.going[0])
            if isinstance(taker, Series):
                taker.state = msgspec.convert(source.going[1], State)
        self._take(log.path, taker, reader(handle), offset)
        end = self.buffer.end
        kept: list[Any] = [taker.setting.kept()]
        if isinstance(taker, Series):
            kept.append(msgspec.to_builtins(taker.state))
        head, length = head_of(handle, end)
        mark = mark_of(handle, end)
        return Source(log.size, log.mtime_ns, end, head, length, mark, kept)

    def _packed(self, log: Log, handle: int, rank: int) -> Source:
        try:
            with unpack.opened(handle) as unpacked:
                self.most_lines = unpacked.most // _SHORTEST
                self._take(log.path, self._taker(log, rank), lambda v, _: unpacked.readinto(v), 0)
        except unpack.Damaged as error:
            self._reject(log.path, 0, f"cannot be unpacked: {error}", b"")
        finally:
            self.most_lines = None
        return Source(log.size, log.mtime_ns)

    def _take(self, path: str, taker: Any, read: Any, offset: int) -> None:
        try:
            self._blocks(path, taker, read, offset)
        finally:
            self.limits.end(taker.setting.session or taker.stem)

    def _blocks(self, path: str, taker: Any, read: Any, offset: int) -> None:
        buffer, meters, lines, bad = self.buffer, self.lines.meters, 0, 0
        growing = Growing(taker, self.layout) if isinstance(taker, Series) and self.layout else None
        for hits in buffer.blocks(read, offset):
            told = self.lines.told(buffer.data, hits)
            if told is not None and growing is not None:
                rows, wrong = growing.take(told)
                columns = growing.layout.kinds, growing.layout.meters
            else:
                rows, wrong = self._each(taker, told, hits)
                columns = self.lines.ts_at, meters or 0
            if meters is not None:
                self.limits.take(rows, *columns)
            for at, why in wrong:
                start, stop = hits[at]
                line = bytes(buffer.data[start : min(stop, start + MAX_LINE + 1)])
                self._reject(path, buffer.end + start, why, line)
            if self.most_lines is not None:
                lines, bad = lines + len(hits), bad + len(wrong)
                if lines > self.most_lines or bad > MAX_BAD:
                    raise unpack.Damaged(f"{lines} of its lines look like requests, {bad} are none")
        for place in self.buffer.skipped:
            self._reject(path, place, f"a line of over {LONGEST} bytes", b"")

    def _each(self, taker: Any, told: list[Any] | None, hits: list[Hit]) -> tuple[list[Row], Wrong]:
        """Take lines one by one: decoded ones, or each as it stands where one is broken."""
        rows: list[Row] = []
        wrong: Wrong = []
        lines, data = self.lines, self.buffer.data
        for at, (start, stop) in enumerate(hits):
            try:
                row = lines.get(told[at]) if told else lines.read(bytes(data[start:stop]))
                if row is None:
                    self.found.tally.ignored += 1
                else:
                    rows.append(row)
                    taker.take(row)
            except Refused as error:
                wrong.append((at, str(error)))
        return rows, wrong

    def _document(self, log: Log, handle: int, rank: int) -> Source:
        source = Source(log.size, log.mtime_ns)
        if log.size > _DOCUMENT:
            self._reject(log.path, 0, f"a document of over {_DOCUMENT} bytes", b"")
            return source
        with os.fdopen(os.dup(handle), "rb") as file:
            data = file.read(_DOCUMENT)
        try:
            whole = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._reject(log.path, 0, f"not JSON: {error}", data)
            return source
        taker = self._taker(log, rank)
        items = whole
        for step in self.items:
            items = items.get(step) if isinstance(items, dict) else None
        if self.items and isinstance(whole, dict):
            row = self.lines.bare(whole)
            if row is not None:
                taker.setting.take(row)
        for item in items if isinstance(items, list) else [items]:
            try:
                found = self.lines.convert(item)
                if found is None:
                    self.found.tally.ignored += 1
                else:
                    taker.take(found)
            except Refused as error:
                self._reject(log.path, 0, str(error), msgspec.json.encode(item))
        return source

    def _taker(self, log: Log, rank: int) -> Requests | Series:
        stem = os.path.basename(log.path).removesuffix(_PACKED)
        stem = stem.rpartition(".")[0] or stem
        kind = Series if self.feed.counts == "totals" else Requests
        return kind(self.feed, self.found, self.lines, rank, stem)

    def _reject(self, path: str, offset: int, reason: str, line: bytes) -> None:
        self.rejected.append((path, offset, reason, line))
