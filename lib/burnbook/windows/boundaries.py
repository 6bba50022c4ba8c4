"""A window's span, the windows that are open at a moment, and the one to enter next.

Which window an agent belongs to follows from the boundaries, not from its own last snapshot: an
agent that was away enters the window that is open for the others.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from msgspec import Struct

from burnbook.base import ids
from burnbook.config.loader import Config
from burnbook.windows.booked.pairs import Entry, Head, Pair
from burnbook.windows.snapshot_index import SnapshotIndex

State = Literal["planned", "open", "done", "finalized"]

_MOST_UNUSED = 100
"""How many windows in a row may be without a snapshot, for later ones to count."""


# The windows that follow are looked up for each agent: 5% of `budget`.
_successor = lru_cache(maxsize=1024)(ids.successor)


class Span(NamedTuple):
    """The start and end of a window, UTC; None if unknown."""

    starts_at: datetime | None
    ends_at: datetime | None


class Next(Struct, frozen=True):
    """The window to enter after another, and the boundary at which it begins.

    `window` is None if nothing follows. The `skipped` windows, with their ends, are in between:
    they have ended.
    """

    window: str | None
    begins: datetime
    skipped: tuple[tuple[str, datetime], ...]


def first_end(config: Config, begun: datetime) -> datetime:
    """The reset time at which a window that begins at `begun` ends.

    A reset within the time of a last look does not count: the window begins for that reset.
    """
    return config.next_reset(begun + config.windows.early)


def of(config: Config, index: SnapshotIndex, window: str) -> Span:
    """From the first BEFORE that counts to the declared end, else to the first reset time after it.

    For the end, a BEFORE that was booked early for a reset counts from that reset.
    """
    first, ends = _first(index, window), config.ends(window)
    if first is None:
        return Span(None, ends)
    return Span(first.captured_at, ends or first_end(config, first.counts_from))


def ends_earlier(config: Config, span: Span, window: str, begun: datetime) -> bool:
    """Whether a window would end earlier than its span says if it had begun at a moment."""
    if span.starts_at is None or span.ends_at is None or config.ends(window) is not None:
        return False
    return begun < span.starts_at and first_end(config, begun) < span.ends_at


def boundary_of(
    config: Config, index: SnapshotIndex, window: str, agent: str, provider: str
) -> datetime | None:
    """The boundary at which one agent leaves a window; None if it has no BEFORE in it.

    It is the end of the window. An agent that joins after the end stays until the next reset.
    """
    begun = _stretch(index, window, agent, provider)
    if begun is None:
        return None
    ends = of(config, index, window).ends_at
    return config.next_reset(begun) if ends is None or ends <= begun else ends


def open_windows(
    config: Config, index: SnapshotIndex, moment: datetime, agent: str | None = None
) -> list[str]:
    """The windows that are open at a moment: the agent's own first, then those that began last.

    A window that somebody began early for a reset comes after the others until that reset.
    """
    ranks: dict[str, tuple[bool, bool, datetime]] = {}
    for stay in _stays(config, index):
        if not stay.starts <= moment < stay.ends:
            continue
        rank = stay.head.agent == agent, stay.begins <= moment, stay.begins
        ranks[stay.head.window] = max(rank, ranks.get(stay.head.window, rank))
    return sorted(ranks, key=lambda name: ranks[name], reverse=True)


def next_change(config: Config, index: SnapshotIndex, moment: datetime) -> datetime | None:
    """The first moment after this one at which `open_windows` may change; None if there is none."""
    stays = _stays(config, index)
    moments = (each for stay in stays for each in (stay.starts, stay.begins, stay.ends))
    return min((each for each in moments if each > moment), default=None)


def next_window(
    config: Config, index: SnapshotIndex, window: str, ends: datetime, now: datetime
) -> Next:
    """The window to enter after `window`, which ends at `ends`.

    The last of those that follow it and have begun, if it is open, else the one after it. A
    declared window that ended before anybody used it is skipped.
    """
    used = set(index.windows())
    spans: list[tuple[str, Span]] = []
    last = -1
    for name in _chain(config, window):
        span = of(config, index, name) if name in used else Span(None, config.ends(name))
        spans.append((name, span))
        if span.starts_at and span.starts_at <= now and span.ends_at and span.ends_at >= ends:
            last = len(spans) - 1
        elif len(spans) - last > _MOST_UNUSED:
            break
    begins, skipped = ends, []
    for number, (name, span) in enumerate(spans):
        has_ended = span.ends_at is not None and span.ends_at <= now
        if span.ends_at is not None and has_ended and span.ends_at > ends:
            skipped.append((name, span.ends_at))
            begins = max(begins, span.ends_at)
        elif number > last or (number == last and not has_ended):
            return Next(name, begins, tuple(skipped))
    follows = following(config, spans[-1][0]) if spans else None
    return Next(follows, begins, tuple(skipped))


def following(config: Config, window: str) -> str | None:
    """The configured `next`, else the number at the end plus one; None if there is neither."""
    declared = config.windows.windows.get(window)
    if declared is not None and declared.next is not None:
        return declared.next
    return _successor(window)


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


class _Stay(Struct, frozen=True):
    """The last window of an agent and provider: from when, for order, and until when it is open."""

    head: Head
    starts: datetime
    begins: datetime
    ends: datetime


def _stays(config: Config, index: SnapshotIndex) -> Iterator[_Stay]:
    for head in index.heads():
        first = _first(index, head.window)
        ends = boundary_of(config, index, *head.membership)
        if first is None or ends is None:
            continue
        reset = config.next_reset(first.counts_from)
        is_early = reset <= first.counts_from + config.windows.early
        yield _Stay(head, first.captured_at, reset if is_early else first.counts_from, ends)


def _chain(config: Config, window: str) -> Iterator[str]:
    """The windows that follow one another after `window`, each once."""
    passed = set()
    name = following(config, window)
    while name is not None and name not in passed:
        passed.add(name)
        yield name
        name = following(config, name)


def _first(index: SnapshotIndex, window: str) -> Entry | None:
    """The first BEFORE of a window, by its moment."""
    befores = [entry for entry in index.counted(window) if entry.phase == "before"]
    return min(befores, key=lambda entry: entry.captured_at, default=None)


def _stretch(index: SnapshotIndex, window: str, agent: str, provider: str) -> datetime | None:
    """The start of the last stretch of work in a window: its first BEFORE since an AFTER.

    A BEFORE that corrects it does not move the end.
    """
    begun, closed = None, True
    for entry in index.counted_of(window, agent, provider):
        if entry.phase == "before" and closed:
            begun = entry.counts_from
        closed = entry.phase == "after"
    return begun
