"""Books the older tracker's telemetry with the feed's own decoder, and its reports of ccusage."""

from collections.abc import Iterable
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter

from burnbook.base.errors import BadData
from burnbook.config.feeds import Feed
from burnbook.importers import ccusage, ccusage_book
from burnbook.importers.input import Input
from burnbook.importers.tracker.rows import Stamp, read
from burnbook.importers.tracker.source import Line, Source
from burnbook.jsonl.chunks import MAX_LINE, Chunk
from burnbook.rows.meters import IMPORTED
from burnbook.telemetry.booking.intake import Intake
from burnbook.telemetry.feeds import decoder as decoders
from burnbook.telemetry.feeds.batch_reader import BatchReader
from burnbook.telemetry.queries import membership

_BATCH = 5000


def telemetry(source: Source) -> None:
    """Books rows that are events, and logs of events in raw_text, in the window of their row."""
    ctx = source.ctx
    feed = ctx.config.feed("proxy-telemetry")
    assert isinstance(feed, Feed)  # the shipped feed, or the user's own
    decoder = decoders.compile_feed(feed)
    windows = membership(ctx.store)
    events = chain.from_iterable(source.parsed(partial(_events, source)))
    for window, group in groupby(events, key=itemgetter(0)):
        while lines := [line for _, line in islice(group, _BATCH)]:
            decoded = decoder.parted([line.data for line in lines])
            for n, reason in decoded.rejected:
                source.refuse(lines[n].number, reason, lines[n].data)
            if source.dry_run:
                source.count(accepted=len(decoded.events))
                continue
            bad = {n for n, _ in decoded.rejected}
            reader = BatchReader(
                *(IMPORTED, decoder, feed.identity, ctx.agent, windows), window or None
            )
            intake = Intake(ctx.store, reader)
            valid = [line.data for n, line in enumerate(lines) if n not in bad]
            intake.book_chunk(Chunk(valid, 1, 0))
            intake.finish()
            source.count(accepted=intake.counts.accepted, duplicates=intake.counts.duplicates)
    if source.dry_run:
        ctx.notes.append(f"{source.name}: a dry run does not find duplicate events")


def _events(source: Source, line: Line) -> Iterable[tuple[str, Line]]:
    """Returns (window, line) of every event of a row."""
    row = read(line.row, Stamp, source.ctx.config.zone)
    text = row.raw_text or ""
    if not text.strip() or "ts" in line.row or "timestamp" in line.row:
        return [(row.window, line)]
    parts = text.encode("utf-8", "replace").split(b"\n")
    return ((row.window, line._replace(data=p[: MAX_LINE + 1])) for p in parts if p.strip())


def reports(source: Source) -> None:
    """Books the reports of ccusage about Codex that are in raw_text."""
    for counts in source.parsed(partial(_report, source)):
        source.count(**counts)


def _report(source: Source, line: Line) -> dict[str, int]:
    row = read(line.row, Stamp, source.ctx.config.zone)
    if row.raw_text is None or row.captured_at is None:
        raise BadData("it has no raw_text or no captured_at")
    data = row.raw_text.encode("utf-8", "replace")
    if source.dry_run:
        return {"accepted": len(ccusage.read(data).reports)}
    document = Input(source.name, IMPORTED, row.captured_at, data)
    return ccusage_book.book(source.ctx, document, "codex")._asdict()
