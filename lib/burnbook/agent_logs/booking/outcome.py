"""Reads a file, and keeps what it gave, which later calls report as well."""

from collections.abc import Sequence

import msgspec

from burnbook.agent_logs.booking.jobs import Job, States
from burnbook.agent_logs.reader import LogReader
from burnbook.agent_logs.rejected_lines import Rejected
from burnbook.base.errors import BadData
from burnbook.jsonl.sources import NOT_READ, Source, decoded, encoded, named


def read(reader: LogReader, job: Job) -> Source | None:
    """The state of a file after reading it; None if it is not a file.

    If it cannot be read, or not yet, its state has the reason, and the next call tries again.
    """
    tally, before = reader.requests.tally, job.source or Source(0, 0)
    count, unread, rejected = _lines(reader), tally.unread, len(reader.rejected)
    source = _read(reader, job)
    wrong = reader.rejected[rejected:]
    reasons = [row.reason for row in wrong if not row.line] or [row.reason for row in wrong]
    if source is None:
        if not reasons and not reader.left:
            return None
        fault = reasons[0] if reasons else ""
        return msgspec.structs.replace(before, size=NOT_READ, fault=fault, left=reader.left)
    earlier = before if reader.is_continued else Source(0, 0)
    gives = _lines(reader) > count
    source.gave_at = job.log.mtime_ns if gives else earlier.gave_at
    source.unread = earlier.unread + tally.unread - unread
    is_whole = not source.gave_at or any(not row.line for row in wrong)
    source.fault = reasons[0] if reasons and is_whole else ""
    source.left = reader.left
    return source


def join(states: States, others: States, path: str) -> None:
    """Join the states of a file of which two processes read a part each, in `others`.

    `others` has that of the second part, which is up to its end.
    """
    if path not in states or path not in others:
        return
    first, second = decoded(states[path]), decoded(others[path])
    if second.size == NOT_READ:
        return
    if first.size == NOT_READ:
        others[path] = states[path]
        return
    ends = {key: max(end, first.ends.get(key, end)) for key, end in second.ends.items()}
    gave_at = max(first.gave_at, second.gave_at)
    # Wrong lines are a fault of the file only if nothing in it was right.
    faults = [each.fault for each in (first, second) if each.gave_at == gave_at]
    source = msgspec.structs.replace(
        second,
        ends=first.ends | ends,
        gave_at=gave_at,
        unread=first.unread + second.unread,
        fault=next(filter(None, faults), ""),
    )
    others[path] = encoded(source)


def refuse(rejected: Sequence[Rejected]) -> None:
    """Raise BadData if a line was rejected."""
    if not rejected:
        return
    path = named(rejected[0].path)
    more = f", and {len(rejected) - 1} more" if len(rejected) > 1 else ""
    raise BadData(f"{path}: {rejected[0].reason}{more}; nothing booked (--strict)")


def _read(reader: LogReader, job: Job) -> Source | None:
    """Read a file; `on_read` gets all of its bytes, also those that its form does not count."""
    report, counted = reader.on_read, 0
    given = (job.log, job.file, job.source)
    if report is None:
        return reader.read(*given, is_finished=job.is_finished, span=job.span)

    def on_read(count: int) -> None:
        nonlocal counted
        counted += count
        report(count)

    reader.on_read = on_read
    try:
        return reader.read(*given, is_finished=job.is_finished, span=job.span)
    finally:
        reader.on_read = report
        report(max(0, job.size - counted))


def _lines(reader: LogReader) -> int:
    """The lines of requests so far."""
    requests, sums = reader.requests, len(reader.readings.latest) + len(reader.starts.deleted)
    return len(requests.requests) + requests.dropped + requests.tally.duplicates + sums
