"""A window's span, and the one that follows it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from burnbook import names
from burnbook.config import Config
from burnbook.derive.snapshots import Pair

State = Literal["planned", "open", "done", "finalized"]


class Span(NamedTuple):
    """When a window began and ends, UTC; None is not known."""

    starts_at: datetime | None
    ends_at: datetime | None


def span(config: Config, window: str, first_before: datetime | None) -> Span:
    """From the first BEFORE to the declared end, else to the first reset time after that BEFORE."""
    ends = config.ends(window)
    if ends is None and first_before is not None:
        ends = config.next_reset(first_before)
    return Span(first_before, ends)


def following(config: Config, window: str) -> str | None:
    """The configured `next`, else the number at the end plus one; None where there is neither."""
    declared = config.windows.windows.get(window)
    if declared is not None and declared.next is not None:
        return declared.next
    return names.successor(window)


def before(config: Config, window: str, booked: Sequence[str]) -> str | None:
    """The window, declared or booked, that this one follows; the newest of several."""
    earlier = [*config.windows.windows, *booked]
    found = [name for name in earlier if name != window and following(config, name) == window]
    return found[-1] if found else None


def state(pairs: list[Pair], *, finalized: bool) -> State:
    """Planned until a BEFORE, open until every BEFORE has its AFTER, done until it is finalized."""
    if finalized:
        return "finalized"
    if not pairs:
        return "planned"
    return "done" if all(pair.after for pair in pairs) else "open"
