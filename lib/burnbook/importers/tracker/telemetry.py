"""An older tracker's telemetry, through the feed's own decoder, and its reports of ccusage."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from burnbook.base.errors import BadData
from burnbook.config.feeds import Feed
from burnbook.importers import ccusage_book
from burnbook.importers.ccusage import read
from burnbook.importers.input import Input
from burnbook.importers.tracker.lines import Line, Source
from burnbook.importers.tracker.rows import Refused, moment_of, raw_of, window_of
from burnbook.jsonl.chunks import MAX_LINE, Chunk
from burnbook.rows.meters import IMPORTED
from burnbook.telemetry import decoder as feeds
from burnbook.telemetry.intake import Intake
from burnbook.windows import boundaries
from burnbook.windows.snapshot_index import snapshot_index

FEED = "proxy-telemetry"
_AT_ONCE = 5000
_EVENT_TIMES = ("ts", "timestamp")

Event = tuple[int, str | None, bytes]


def telemetry(source: Source) -> None:
    """Rows that are events, or hold a log of events in their raw_text, in their own window."""
    ctx = source.ctx
    feed = ctx.config.feed(FEED)
    assert isinstance(feed, Feed)  # the shipped one, or the user's own in its place
    decoder = feeds.compile_feed(feed)
    by_time = boundaries.by_time(ctx.config, snapshot_index(ctx))
    # A row with a log has many events of one line; a chunk counts lines, so its number is the same.
    for window, events in groupby(_events(source), key=lambda event: event[1]):
        for batch in _batches(events):
            lines = [data for _, _, data in batch]
            told = decoder.parted(lines)
            for at, why in told.rejected:
                source.refuse(batch[at][0], why, lines[at])
            if source.dry_run:
                source.accepted += len(told.events)
                continue
            bad = {at for at, _ in told.rejected}
            good = [line for at, line in enumerate(lines) if at not in bad]
            where = window or by_time
            intake = Intake(ctx.book.root, IMPORTED, decoder, feed.identity, ctx.agent, where)
            intake.take(Chunk(good, 1, 0))
            source.accepted += intake.counts.accepted
            source.duplicates += intake.counts.duplicates
    if source.dry_run:
        ctx.notes.append(f"{source.name}: which events are duplicates, only the real run tells")


def _events(source: Source) -> Iterator[Event]:
    """(line number, window, event) of everything that may be one."""
    for line in source.lines():
        try:
            window = window_of(line.row) if line.row.get("window") is not None else None
        except Refused as error:
            source.refuse(line.number, str(error), line.data)
            continue
        raw = raw_of(line.row)
        if raw is None or any(key in line.row for key in _EVENT_TIMES):
            yield line.number, window, line.data
            continue
        for part in raw.encode("utf-8", "replace").split(b"\n"):
            if part.strip():
                yield line.number, window, part[: MAX_LINE + 1]


def _batches(events: Iterable[Event]) -> Iterator[list[Event]]:
    batch: list[Event] = []
    for event in events:
        batch.append(event)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def ccusage(source: Source) -> None:
    """What `ccusage` had said of Codex, read again from the raw_text."""
    for line in source.lines():
        try:
            _report(source, line)
        except (Refused, BadData) as error:
            source.refuse(line.number, str(error), line.data)


def _report(source: Source, line: Line) -> None:
    ctx, raw = source.ctx, raw_of(line.row)
    if raw is None:
        raise Refused("it has no raw_text")
    at = moment_of(line.row, ("captured_at", "timestamp"), ctx.config.zone)
    data = raw.encode("utf-8", "replace")
    if source.dry_run:
        found = read(data)
        source.accepted += len(found.reports)
        return
    counts = ccusage_book.book(ctx, Input(source.name, IMPORTED, at, data), "codex")
    source.accepted += counts.accepted
    source.duplicates += counts.duplicates
    source.rejected += counts.rejected
