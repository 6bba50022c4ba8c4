"""A window's span, and the one that follows it."""

from collections.abc import Sequence
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
    names = all_before(config, window, booked)
    return names[-1] if names else None


def all_before(config: Config, window: str, booked: Sequence[str]) -> list[str]:
    """The declared and booked windows that this one follows."""
    earlier = [*config.windows.windows, *booked]
    return [name for name in earlier if name != window and following(config, name) == window]


def state(pairs: list[Pair], *, finalized: bool) -> State:
    """Planned until a BEFORE, open until every BEFORE has its AFTER, done until it is finalized."""
    if finalized:
        return "finalized"
    if not pairs:
        return "planned"
    return "done" if all(pair.after for pair in pairs) else "open"
