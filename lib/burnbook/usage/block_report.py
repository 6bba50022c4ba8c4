"""The sums of five-hour windows: whole quarters of an hour from the fold, cut ones row by row."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import chain
from typing import NamedTuple

from burnbook.base.errors import BadData
from burnbook.book import codec, journal
from burnbook.context import Context, note_damage
from burnbook.rows.meters import Moment, Snapshot, Void
from burnbook.rows.usage import MeterReading
from burnbook.usage import blocks as usage_blocks
from burnbook.usage.blocks import Block, Told
from burnbook.usage.quarters import QUARTER, Days
from burnbook.usage.report import Ask, Key, group
from burnbook.usage.totals import Counts, counts, place

_TS = b'"ts":"'
_MINUTE = len("2026-11-22T09:00")


class Span(NamedTuple):
    """A block as a period: when it begins and ends, and whether that is only a guess."""

    starts_at: Moment
    ends_at: Moment
    guessed: bool


class Piece(NamedTuple):
    """Some requests of one moment or quarter of an hour; without a key they are not wanted."""

    time: int
    tool: str
    key: Key | None
    sums: Counts


def sums(ctx: Context, ask: Ask, zone: tzinfo) -> Iterator[tuple[Key, Counts]]:
    """Sums by block, tool and model; a block belongs to the day on which it begins."""
    known = usage_blocks.real(_told(ctx))
    _ = ctx.book.used
    note_damage(ctx)
    quarters = usage_blocks.cut(block for blocks in known.values() for block in blocks)
    pieces = [*_whole(ctx, ask, quarters), *_exact(ctx, ask, quarters)]
    day_of = Days(zone)
    times: dict[str, list[int]] = {}
    for piece in pieces:
        times.setdefault(piece.tool, []).append(piece.time)
    placed = {tool: usage_blocks.placed(at, known.get(tool, ())) for tool, at in times.items()}
    for piece in pieces:
        block = placed[piece.tool][piece.time]
        if piece.key is not None and ask.has_day(day_of(block.start // QUARTER)):
            yield piece.key._replace(period=_span(block)), piece.sums


def _told(ctx: Context) -> list[Told]:
    """Every five-hour meter that logs and panes showed."""
    found: list[Told] = []
    readings: Sequence[MeterReading] = ctx.book.rows("meters")
    for row in readings:
        found += usage_blocks.told(row.provider, row.captured_at, row.meters, is_exact=True)
    rows = ctx.book.rows("snapshots")
    voided = {row.void for row in rows if isinstance(row, Void)}
    by_window: dict[str | None, list[Snapshot]] = {}
    for row in rows:
        if isinstance(row, Snapshot) and row.id not in voided:
            by_window.setdefault(row.window, []).append(row)
    for shot in chain.from_iterable(by_window.values()):
        found += usage_blocks.told(shot.provider, shot.captured_at, shot.meters, is_exact=False)
    return found


def _whole(ctx: Context, ask: Ask, quarters: set[int]) -> Iterator[Piece]:
    """The quarters of an hour that no block cuts. Those that are not wanted may begin a block."""
    wanted = group("blocks", ask)
    found = ctx.book.used.sums(
        lambda bucket: None if bucket in quarters else bucket,
        lambda where: (where[0], wanted(where)),
    )
    for (bucket, (tool, key)), told in found.items():
        yield Piece(bucket * QUARTER, tool, key, told)


def _exact(ctx: Context, ask: Ask, quarters: set[int]) -> Iterator[Piece]:
    """The requests of the others, up to where the fold read."""
    if not quarters:
        return
    wanted = group("blocks", ask)
    minutes = {
        datetime.fromtimestamp(bucket * QUARTER + second, UTC).isoformat()[:_MINUTE].encode()
        for bucket in quarters
        for second in range(0, QUARTER, 60)
    }
    end = ctx.book.used_fold.offset
    for offset, line in journal.lines(journal.path_of(ctx.book.root, "agent_usage")):
        if offset >= end:
            return
        at = line.find(_TS) + len(_TS)
        if line[at : at + _MINUTE] not in minutes:
            continue
        try:
            row = codec.verify("agent_usage", line)
        except BadData:
            continue  # the fold counts it
        for tokens, sign in ((row, 1), (row.superseded, -1)):
            if tokens is not None:
                told = Counts()
                told.take(counts(tokens), sign)
                key = wanted(place(row, tokens))
                yield Piece(int(row.ts.timestamp()), row.tool, key, told)


def _span(block: Block) -> Span:
    start, end = (datetime.fromtimestamp(at, UTC) for at in block[:2])
    return Span(start, end, block.guessed)
