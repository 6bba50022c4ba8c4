"""The sums of five-hour blocks: by quarter-hour, and row by row where a block splits a quarter."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import chain
from typing import NamedTuple

from burnbook.book import codec, journal
from burnbook.context import Context
from burnbook.cost.facts import Facts
from burnbook.rows.meters import Moment, Snapshot, Void
from burnbook.rows.usage import AgentUsage, MeterReading
from burnbook.store import membership
from burnbook.store.queries import QUARTER, LocalTime
from burnbook.usage import blocks as usage_blocks
from burnbook.usage import queries
from burnbook.usage.blocks import Block, ResetReading
from burnbook.usage.booked_rows import booked, row_keys
from burnbook.usage.counts import Counts, Origin, counts, moment, origin
from burnbook.usage.projection import JOURNAL, NAME, USAGE
from burnbook.usage.queries import Filters

_TS = b'"ts":"'
_MINUTE = len("2026-11-22T09:00")


class Span(NamedTuple):
    """A block as a period; `guessed`: no meter shows when it began."""

    starts_at: Moment
    ends_at: Moment
    guessed: bool


class BlockKey(NamedTuple):
    """Whose sums these are; for what follows the model see `queries.Key`."""

    period: Span
    tool: str
    model: str | None
    has_usd: bool
    facts: Facts
    day: date
    part: str | None


class Part(NamedTuple):
    """Requests of one time (epoch seconds); `is_wanted` is false where a filter excludes them."""

    time: int
    tool: str
    model: str | None
    has_usd: bool
    facts: Facts
    name: str | None
    is_wanted: bool
    sums: Counts


def sums(
    ctx: Context, filters: Filters, zone: tzinfo, part_name: str | None = None
) -> Iterator[tuple[BlockKey, Counts]]:
    """Sums by block, tool, model and the part of that name (see `queries.sums`).

    A block belongs to the day on which it begins.
    """
    known = usage_blocks.known(_readings(ctx))
    split = usage_blocks.split_quarters(block for blocks in known.values() for block in blocks)
    parts = [
        *_whole_quarters(ctx, filters, split, part_name),
        *_split_quarters(ctx, filters, split, part_name),
    ]
    times: dict[str, list[int]] = {}
    for part in parts:
        times.setdefault(part.tool, []).append(part.time)
    blocks = {
        tool: usage_blocks.assign(seconds, known.get(tool, ())) for tool, seconds in times.items()
    }
    local = LocalTime(zone)
    for part in parts:
        block = blocks[part.tool][part.time]
        if part.is_wanted and filters.has_day(local(block.start // QUARTER).date()):
            quarter = part.time // QUARTER
            name = f"{local(quarter):%H}:00" if part_name == "hour" else part.name
            yield BlockKey(_span(block), *part[1:5], queries.utc_day(quarter), name), part.sums


def _readings(ctx: Context) -> list[ResetReading]:
    """Every five-hour meter in logs and panes."""
    readings: list[ResetReading] = []
    official: Sequence[MeterReading] = ctx.book.rows("meters")
    for reading in official:
        readings += usage_blocks.readings(
            reading.provider, reading.captured_at, reading.meters, is_exact=True
        )
    rows = ctx.book.rows("snapshots")
    voided = {row.void for row in rows if isinstance(row, Void)}
    by_window: dict[str | None, list[Snapshot]] = {}
    for row in rows:
        if isinstance(row, Snapshot) and row.id not in voided:
            by_window.setdefault(row.window, []).append(row)
    for shot in chain.from_iterable(by_window.values()):
        readings += usage_blocks.readings(
            shot.provider, shot.captured_at, shot.meters, is_exact=False
        )
    return readings


def _whole_quarters(
    ctx: Context, filters: Filters, split: set[int], part: str | None
) -> Iterator[Part]:
    for row in queries.by_quarter(ctx.store, filters, ctx.config.accounts.name, part):
        if row.quarter not in split:
            yield Part(row.quarter * QUARTER, *row[1:])


def _split_quarters(
    ctx: Context, filters: Filters, split: set[int], part: str | None
) -> Iterator[Part]:
    """The requests of quarters that a block splits, up to where the store has read."""
    if not split:
        return
    minutes = {
        datetime.fromtimestamp(quarter * QUARTER + second, UTC).isoformat()[:_MINUTE].encode()
        for quarter in split
        for second in range(0, QUARTER, 60)
    }
    database = ctx.store.view(USAGE)
    windows = membership.load(database, NAME)
    for offset, line in journal.lines(journal.path_of(ctx.book.root, JOURNAL)):
        # Of a row that moved its request, also the time of the row that it supersedes.
        starts = (part[:_MINUTE] for part in line.split(_TS, 2)[1:])
        if minutes.isdisjoint(starts):
            continue
        row = codec.read(JOURNAL, line)
        if not isinstance(row, AgentUsage):
            continue  # the store counts it
        request = row_keys(row.id, row.first)[0]
        if all(entry.offset != offset for entry in booked(database, [request])):
            continue  # a duplicate, or newer than the store
        for values, sign in ((row, 1), (row.superseded, -1)):
            if values is not None:
                amounts, name = Counts(), origin(row, values, windows)
                amounts.add(counts(values), sign)
                time, wanted = int(moment(row, values).timestamp()), filters.has_origin(name)
                if time // QUARTER in split:
                    facts = name.facts()._replace(quarter=time // QUARTER % 96)
                    named = _part(ctx, part, name)
                    yield Part(time, *name[:2], name.has_usd, facts, named, wanted, amounts)


def _part(ctx: Context, part: str | None, origin: Origin) -> str | None:
    if part == "account":
        return ctx.config.accounts.name(origin.tool, origin.home, origin.agent)
    return {"agent": origin.agent, "project": origin.project}.get(part or "")


def _span(block: Block) -> Span:
    start, end = (datetime.fromtimestamp(time, UTC) for time in block[:2])
    return Span(start, end, block.guessed)
