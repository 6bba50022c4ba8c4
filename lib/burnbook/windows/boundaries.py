"""A window's span, and the one that follows it."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from burnbook.base import ids
from burnbook.config.loader import Config
from burnbook.windows.snapshot_index import Pair, SnapshotIndex

State = Literal["planned", "open", "done", "finalized"]


class Span(NamedTuple):
    """The start and end of a window, UTC; None if unknown."""

    starts_at: datetime | None
    ends_at: datetime | None


def first_end(config: Config, begun: datetime) -> datetime:
    """The reset time at which a window that begins at `begun` ends.

    A reset within the time of a last look does not count: the window begins for that reset.
    """
    return config.next_reset(begun + config.windows.early)


def of(config: Config, index: SnapshotIndex, window: str) -> Span:
    """From the first BEFORE that counts to the declared end, else to the first reset time after it.

    For the end, a BEFORE that was booked early for a reset counts from that reset.
    """
    befores = [entry for entry in index.counted(window) if entry.phase == "before"]
    ends = config.ends(window)
    if ends is None and befores:
        ends = first_end(config, min(entry.counts_from for entry in befores))
    return Span(min((entry.captured_at for entry in befores), default=None), ends)


def following(config: Config, window: str) -> str | None:
    """The configured `next`, else the number at the end plus one; None if there is neither."""
    declared = config.windows.windows.get(window)
    if declared is not None and declared.next is not None:
        return declared.next
    return ids.successor(window)


def before(config: Config, window: str, booked: Sequence[str]) -> str | None:
    """The declared or booked window that this one follows; the newest of several."""
    earlier = [*config.windows.windows, *booked]
    names = [name for name in earlier if name != window and following(config, name) == window]
    return names[-1] if names else None


def state(pairs: list[Pair], *, finalized: bool) -> State:
    """Planned until a BEFORE, open until every BEFORE has its AFTER, done until it is finalized."""
    if finalized:
        return "finalized"
    if not pairs:
        return "planned"
    return "done" if all(pair.after for pair in pairs) else "open"


def by_time(config: Config, index: SnapshotIndex) -> Callable[[datetime], str | None]:
    """Finds the window whose span contains a moment; of several the one that began last."""
    spans = []
    for name in {*config.windows.windows, *index.windows()}:
        window = of(config, index, name)
        if window.starts_at and window.ends_at and window.starts_at < window.ends_at:
            spans.append((window.starts_at, window.ends_at, name))
    spans.sort()
    starts = [start for start, _, _ in spans]

    def find(moment: datetime) -> str | None:
        for at in range(bisect_right(starts, moment) - 1, -1, -1):
            if moment < spans[at][1]:
                return spans[at][2]
        return None

    return find
