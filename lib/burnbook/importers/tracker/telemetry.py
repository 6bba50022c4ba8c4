"""Books the older tracker's telemetry with the feed's own decoder, and its reports of ccusage."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain

from burnbook.base.errors import BadData
from burnbook.config.feeds import Feed
from burnbook.importers import ccusage, ccusage_book
from burnbook.importers.input import Input
from burnbook.importers.tracker.rows import Stamp, read
from burnbook.importers.tracker.source import Line, Source
from burnbook.jsonl.chunks import MAX_LINE, Chunk
from burnbook.rows.meters import IMPORTED
from burnbook.telemetry.feeds import decoder as decoders
from burnbook.telemetry.feeds.batch import BatchReader
from burnbook.telemetry.intake import Intake
from burnbook.windows import boundaries
from burnbook.windows.snapshot_index import snapshot_index

FEED = "proxy-telemetry"
_BATCH = 5000


def telemetry(source: Source) -> None:
    """Books rows that are events, and logs of events in raw_text, in the window of their row."""
    ctx = source.ctx
    feed = ctx.config.feed(FEED)
    assert isinstance(feed, Feed)  # the shipped feed, or the user's own
    decoder = decoders.compile_feed(feed)
    by_time = boundaries.by_time(ctx.config, snapshot_index(ctx))
    for window, lines in _batches(source):
        result = decoder.parted([line.data for line in lines])
        for n, reason in result.rejected:
            source.refuse(lines[n], reason)
        if source.dry_run:
            source.accepted += len(result.events)
            continue
        bad = {n for n, _ in result.rejected}
        target = window or by_time
        reader = BatchReader(IMPORTED, decoder, feed.identity, ctx.agent, target)
        intake = Intake(ctx.store, reader)
        intake.book_chunk(Chunk([line.data for n, line in enumerate(lines) if n not in bad], 1, 0))
        intake.finish()
        source.accepted += intake.counts.accepted
        source.duplicates += intake.counts.duplicates
    if source.dry_run:
        ctx.notes.append(f"{source.name}: a dry run does not find duplicate events")


def _batches(source: Source) -> Iterator[tuple[str, list[Line]]]:
    """Returns (window, lines of events), consecutive events of one window together."""
    batch: list[Line] = []
    batch_window = ""
    for window, line in chain.from_iterable(source.parsed(partial(_events, source))):
        if batch and (window != batch_window or len(batch) == _BATCH):
            yield batch_window, batch
            batch = []
        batch_window = window
        batch.append(line)
    if batch:
        yield batch_window, batch


def _events(source: Source, line: Line) -> Iterable[tuple[str, Line]]:
    """Returns (window, line) of every event of a row."""
    row = read(line.row, Stamp, source.ctx.config.zone)
    if not (row.raw_text or "").strip() or "ts" in line.row or "timestamp" in line.row:
        return [(row.window, line)]
    parts = (row.raw_text or "").encode("utf-8", "replace").split(b"\n")
    return ((row.window, line._replace(data=p[: MAX_LINE + 1])) for p in parts if p.strip())


def reports(source: Source) -> None:
    """Books the reports of ccusage about Codex that are in raw_text."""
    for _ in source.parsed(partial(_report, source)):
        pass


def _report(source: Source, line: Line) -> None:
    row = read(line.row, Stamp, source.ctx.config.zone)
    if row.raw_text is None or row.captured_at is None:
        raise BadData("it has no raw_text or no captured_at")
    data = row.raw_text.encode("utf-8", "replace")
    if source.dry_run:
        source.accepted += len(ccusage.read(data).reports)
        return
    document = Input(source.name, IMPORTED, row.captured_at, data)
    counts = ccusage_book.book(source.ctx, document, "codex")
    source.accepted += counts.accepted
    source.duplicates += counts.duplicates
    source.rejected += counts.rejected  # booked by ccusage_book
