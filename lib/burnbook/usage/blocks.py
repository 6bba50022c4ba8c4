"""The vendor's five-hour windows: real ones, which meters tell, and guessed ones for the rest.

A real block is [resets_at - 5 h, resets_at) of a meter that shows use. A guessed one begins with
the hour (UTC) of the first request that no block holds, and lasts five hours, or up to the next
real one. Times are epoch seconds.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from burnbook.rows.meters import Meter
from burnbook.usage.quarters import QUARTER

MINUTES = 300
_LENGTH = MINUTES * 60
_HOUR = 3600
# What the meter of a vendor's own five-hour window is called; other pools have other names.
NAMES = frozenset({"5h", "session"})
# Panes tell minutes and some logs count seconds from their own clock: one reset, told differently.
_SAME = 300


class Told(NamedTuple):
    """One reading of a five-hour meter."""

    provider: str
    captured_at: datetime
    resets_at: datetime
    is_exact: bool


class Block(NamedTuple):
    """A block of one tool, [start, end)."""

    start: int
    end: int
    guessed: bool


def told(
    provider: str, captured_at: datetime, meters: Iterable[Meter], *, is_exact: bool
) -> list[Told]:
    """The readings among some meters. One that shows no use has no window yet: its reset moves."""
    return [
        Told(provider, captured_at, meter.resets_at, is_exact)
        for meter in meters
        if meter.window_minutes == MINUTES
        and meter.name in NAMES
        and meter.resets_at is not None
        and meter.used_percent
    ]


def real(readings: Iterable[Told]) -> dict[str, list[Block]]:
    """The blocks by provider, in order, none over another: the next one ends the one before it.

    Of readings that tell one reset, an exact one (a log's) counts before a pane's, then the newest.
    """
    ends: dict[str, list[Told]] = {}
    for one in sorted(readings, key=lambda one: one.resets_at):
        mine = ends.setdefault(one.provider, [])
        if mine and (one.resets_at - mine[-1].resets_at).total_seconds() <= _SAME:
            mine[-1] = max(mine[-1], one, key=lambda one: (one.is_exact, one.captured_at))
        else:
            mine.append(one)
    found: dict[str, list[Block]] = {}
    for provider, kept in ends.items():
        moments = [int(one.resets_at.timestamp()) for one in kept]
        starts = [moment - _LENGTH for moment in moments]
        limits = [min(*pair) for pair in zip(moments, [*starts[1:], moments[-1]], strict=True)]
        found[provider] = [Block(*pair, guessed=False) for pair in zip(starts, limits, strict=True)]
    return found


def cut(blocks: Iterable[Block]) -> set[int]:
    """The quarters of an hour (epoch seconds // 900) in which a block begins or ends."""
    return {at // QUARTER for block in blocks for at in block[:2] if at % QUARTER}


def placed(times: Iterable[int], known: Sequence[Block]) -> dict[int, Block]:
    """The block of each time, of one tool; `known` are its real ones, in order."""
    starts = [block.start for block in known]
    found: dict[int, Block] = {}
    guess: Block | None = None
    for time in sorted(set(times)):
        at = bisect_right(starts, time)
        before = known[at - 1] if at else None
        if before is not None and time < before.end:
            found[time] = before
            continue
        if guess is None or time >= guess.end:
            guess = _guessed(time, before, known[at] if at < len(known) else None)
        found[time] = guess
    return found


def _guessed(time: int, before: Block | None, after: Block | None) -> Block:
    hour = time // _HOUR * _HOUR
    start = max(hour, before.end) if before else hour
    end = min(hour + _LENGTH, after.start) if after else hour + _LENGTH
    return Block(start, end, guessed=True)
