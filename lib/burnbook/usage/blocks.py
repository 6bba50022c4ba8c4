"""The vendor's five-hour windows: known ones, from meters, and guessed ones for the rest.

A known block is [resets_at - 5 h, resets_at) of a meter that shows use. A guessed block begins at
the hour (UTC) of the first request outside of any block. It lasts five hours, or until the next
known block. Times are epoch seconds.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from burnbook.rows.meters import Meter
from burnbook.store.queries import QUARTER

MINUTES = 300
_LENGTH = MINUTES * 60
_HOUR = 3600
# Names of the meter of a vendor's own five-hour window; other pools have other names.
NAMES = frozenset({"5h", "session"})
# Panes show minutes, and some logs count seconds from their own clock.
_SAME_RESET = 300


class ResetReading(NamedTuple):
    """One reading of a five-hour meter of a pool: a tool's login."""

    pool: str
    captured_at: datetime
    resets_at: datetime
    is_exact: bool


class Block(NamedTuple):
    """A block of one pool, [start, end)."""

    start: int
    end: int
    guessed: bool


def readings(
    pool: str, captured_at: datetime, meters: Iterable[Meter], *, is_exact: bool
) -> list[ResetReading]:
    """The readings of five-hour meters that show use; without use, the reset still moves."""
    return [
        ResetReading(pool, captured_at, meter.resets_at, is_exact)
        for meter in meters
        if meter.window_minutes == MINUTES
        and meter.name in NAMES
        and meter.resets_at is not None
        and meter.used_percent
    ]


def known(readings: Iterable[ResetReading]) -> dict[str, list[Block]]:
    """The known blocks by pool, in order, without overlap: the next block ends the last one.

    Of readings of the same reset, an exact one (from a log) counts first, then the newest.
    """
    ends: dict[str, list[ResetReading]] = {}
    for reading in sorted(readings, key=lambda reading: reading.resets_at):
        resets = ends.setdefault(reading.pool, [])
        if resets and (reading.resets_at - resets[-1].resets_at).total_seconds() <= _SAME_RESET:
            resets[-1] = max(resets[-1], reading, key=lambda r: (r.is_exact, r.captured_at))
        else:
            resets.append(reading)
    blocks: dict[str, list[Block]] = {}
    for pool, resets in ends.items():
        moments = [int(reset.resets_at.timestamp()) for reset in resets]
        starts = [moment - _LENGTH for moment in moments]
        limits = [min(*pair) for pair in zip(moments, [*starts[1:], moments[-1]], strict=True)]
        pairs = zip(starts, limits, strict=True)
        blocks[pool] = [Block(*pair, guessed=False) for pair in pairs]
    return blocks


def split_quarters(blocks: Iterable[Block]) -> set[int]:
    """The quarters of an hour (epoch seconds // 900) in which a block begins or ends."""
    return {time // QUARTER for block in blocks for time in block[:2] if time % QUARTER}


def assign(times: Iterable[int], known: Sequence[Block]) -> dict[int, Block]:
    """The block of each time, for one pool; `known` are its known blocks, in order."""
    starts = [block.start for block in known]
    assigned: dict[int, Block] = {}
    guess: Block | None = None
    for time in sorted(set(times)):
        index = bisect_right(starts, time)
        before = known[index - 1] if index else None
        if before is not None and time < before.end:
            assigned[time] = before
            continue
        if guess is None or time >= guess.end:
            guess = _guessed(time, before, known[index] if index < len(known) else None)
        assigned[time] = guess
    return assigned


def _guessed(time: int, before: Block | None, after: Block | None) -> Block:
    hour = time // _HOUR * _HOUR
    start = max(hour, before.end) if before else hour
    end = min(hour + _LENGTH, after.start) if after else hour + _LENGTH
    return Block(start, end, guessed=True)
