"""What is due at a window's end: for each agent and provider AFTER, and BEFORE of the next.

Everything is keyed on the boundary, the UTC moment at which a window ends, and never on the local
date: a boundary that has its snapshots has them, however many runs come by.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from burnbook.config.loader import Config
from burnbook.rows.meters import Meter
from burnbook.windows import boundaries
from burnbook.windows.snapshot_index import Entry, Pair, SnapshotIndex

CAPTURE_FAILED = "capture-failed"
"""The kind of anomaly of an agent whose pane could not be had at a reset."""

MOST_MISSED = 31
"""Resets recorded as missed for one open window: after a month it counts as left."""


class Turn(NamedTuple):
    """One agent and provider at the end of a window.

    `after` and `before`: the snapshots of this boundary that are there already. `next` is the
    window to begin, None where nothing follows; it begins at `begins`, which is the boundary unless
    windows were `skipped`: they ended, with their own (window, boundary), before anybody came.
    """

    agent: str
    provider: str
    window: str
    boundary: datetime
    open: Pair
    after: Entry | None
    before: Entry | None
    next: str | None
    begins: datetime
    skipped: tuple[tuple[str, datetime], ...]

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to book."""
        return self.after is not None and (self.before is not None or self.next is None)


def turns(
    config: Config, index: SnapshotIndex, agent: str, provider: str, now: datetime
) -> list[Turn]:
    """The turns of one agent and provider, the earlier window first; `now` says what is skipped.

    Mostly one: the newest window's. Where a person began that one and left the window before it
    open, that one's comes first: BEFORE of the next is its AFTER too, as in a crossing.
    """
    window = index.latest(agent, provider)
    if window is None:
        return []
    newest = _turn(config, index, agent, provider, window, now)
    found = [newest] if newest and not _left(config, newest, now) else []
    earlier = boundaries.before(config, window, index.windows())
    left = _turn(config, index, agent, provider, earlier, now) if earlier else None
    if left is not None and _left(config, left, now):
        return found
    if left and left.after is None and left.before is not None and left.next == window:
        found.insert(0, left)
    return found


def is_early(config: Config, turn: Turn, now: datetime) -> bool:
    """Whether the window may be crossed before its end, by force.

    Not where it has just begun: so a run with --force crosses once, however often it is run.
    """
    begun = turn.open.before.counts_from if turn.open.before else now
    return now >= begun + config.windows.grace


def just_began(config: Config, entry: Entry | None, now: datetime) -> bool:
    """Whether this BEFORE is of a reset, and so fresh that crossing again repeats it."""
    if entry is None or entry.boundary is None:
        return False
    return now <= entry.counts_from + config.windows.grace


def is_overtaken(turn: Turn, captured_at: datetime) -> bool:
    """Whether a BEFORE came after the pane was read: an AFTER from it would not count."""
    began = turn.open.before
    return turn.after is None and began is not None and captured_at < began.captured_at


def unfit(
    config: Config,
    turn: Turn,
    captured_at: datetime,
    meters: tuple[Meter, ...],
    errors: tuple[str, ...],
) -> tuple[str, datetime | None] | None:
    """Why a pane does not tell of this boundary yet, and from when it may; None where it does."""
    if captured_at >= turn.boundary:
        clear = _latest(config, turn.begins, captured_at) + config.windows.lag
        if captured_at < clear:
            return f"panes lag: within {config.windows.lag_buffer} of the reset", clear
    late = [meter.name for meter in meters if meter.resets_at and meter.resets_at <= captured_at]
    if late:
        return f"the reset of {', '.join(late)} has not moved on in its pane", None
    if "stale" in errors:
        return "its pane says that it may be stale", None
    return None


def missed(config: Config, index: SnapshotIndex, now: datetime) -> list[tuple[str, datetime]]:
    """(window, boundary) of every reset that passed an open window and was not booked in time."""
    found: dict[tuple[str, datetime], None] = {}
    for agent, provider, _, window in sorted(index.heads(), key=lambda head: "/".join(head[:2])):
        turn = _turn(config, index, agent, provider, window, now)
        if turn is None or turn.open.after is not None or _is_imported(turn):
            continue
        passed = [(window, moment) for moment in _passed(config, turn, now)]
        for place, moment in [*passed, *turn.skipped]:
            first = index.first_capture(moment)
            in_time = first is not None and first <= moment + config.windows.grace
            if now > moment + config.windows.grace and not in_time:
                found[place, moment] = None
    return sorted(found, key=lambda one: (one[1], one[0]))


def _is_imported(turn: Turn) -> bool:
    """Whether another tool began the window: until it is crossed, this book kept no watch on it."""
    return turn.open.before is not None and turn.open.before.imported


def _left(config: Config, turn: Turn, now: datetime) -> bool:
    """Whether another tool left the window open: a pane of today is no AFTER of long ago."""
    return _is_imported(turn) and now > turn.boundary + config.windows.grace


def _turn(
    config: Config, index: SnapshotIndex, agent: str, provider: str, window: str, now: datetime
) -> Turn | None:
    pair = index.pair(window, agent, provider)
    begun = _stretch(index, window, agent, provider)
    if pair.before is None or begun is None:
        return None
    ends = boundaries.of(config, index, window).ends_at
    if ends is None or ends <= begun:
        ends = boundaries.first_end(config, begun)  # who joined after its end stays until a reset
    following, begins, skipped = _following(config, window, ends, now)
    before = _begun(config, index, agent, provider, following, ends) if following else None
    return Turn(agent, provider, window, ends, pair, pair.after, before, following, begins, skipped)


def _stretch(index: SnapshotIndex, window: str, agent: str, provider: str) -> datetime | None:
    """When the last stretch of work in a window began: its first BEFORE since an AFTER.

    A better BEFORE that was booked in its place does not move the end.
    """
    begun, closed = None, True
    for entry in index.counted(window):
        if (entry.agent, entry.provider) == (agent, provider):
            if entry.phase == "before" and closed:
                begun = entry.counts_from
            closed = entry.phase == "after"
    return begun


def _following(
    config: Config, window: str, ends: datetime, now: datetime
) -> tuple[str | None, datetime, tuple[tuple[str, datetime], ...]]:
    """The first window to come that has not ended, when it begins, and those that came and went."""
    skipped: dict[str, datetime] = {}
    begins, found = ends, boundaries.following(config, window)
    while found is not None and found not in skipped:
        declared = config.ends(found)
        if declared is None or declared > now or declared <= ends:
            break
        skipped[found] = begins = declared
        found = boundaries.following(config, found)
    return found, begins, tuple(skipped.items())


def _begun(
    config: Config, index: SnapshotIndex, agent: str, provider: str, window: str, boundary: datetime
) -> Entry | None:
    """The BEFORE of the next window, where it belongs to this boundary or came after it."""
    entry = index.pair(window, agent, provider).before
    if entry is None:
        return None
    belongs = entry.boundary == boundary or entry.counts_from >= boundary - config.windows.early
    return entry if belongs else None


def _passed(config: Config, turn: Turn, now: datetime) -> Iterator[datetime]:
    """The boundary and the reset times after it that have passed, at most MOST_MISSED.

    Where the next window says itself when it ends, no reset time is a boundary.
    """
    if turn.boundary <= now:
        yield turn.boundary
    moment = config.next_reset(turn.begins)
    if turn.next is not None and config.ends(turn.next) is not None:
        return
    for _ in range(MOST_MISSED - 1):
        if moment > now:
            return
        yield moment
        moment = config.next_reset(moment)


def _latest(config: Config, boundary: datetime, now: datetime) -> datetime:
    """The boundary, or the last reset time since."""
    latest = max(boundary, now - timedelta(days=3))
    latest = boundary if latest == boundary else config.next_reset(latest)
    while (after := config.next_reset(latest)) <= now:
        latest = after
    return latest
