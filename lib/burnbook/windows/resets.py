"""What is due at a window's end: for each agent and provider AFTER, and BEFORE of the next.

Everything is keyed on the boundary, the UTC moment at which a window ends, and never on the local
date, so that repeated runs book nothing twice.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from burnbook.config.loader import Config
from burnbook.rows.meters import Meter
from burnbook.windows import boundaries
from burnbook.windows.snapshot_index import Entry, Pair, SnapshotIndex

CAPTURE_FAILED = "capture-failed"
"""The kind of anomaly for a pane that could not be captured at a reset."""

MOST_MISSED = 31
"""Resets recorded as missed for one open window. After a month it counts as abandoned."""


class Turn(NamedTuple):
    """One agent and provider at the end of a window.

    `after` and `before` are the booked snapshots of this boundary. `next` is the window to begin,
    or None. It begins at `begins`, which is the boundary unless windows were `skipped`: these
    (window, boundary) ended before any command ran.
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
        """Whether everything is booked."""
        return self.after is not None and (self.before is not None or self.next is None)


def turns(
    config: Config, index: SnapshotIndex, agent: str, provider: str, now: datetime
) -> list[Turn]:
    """The turns of one agent and provider at `now`, the earlier window first.

    Usually one, for the newest window. If that was started by hand while the previous window was
    open, the turn of the previous window comes first, because the BEFORE is also its AFTER.
    """
    window = index.latest(agent, provider)
    if window is None:
        return []
    newest = _turn(config, index, agent, provider, window, now)
    result = [newest] if newest and not _is_abandoned(config, newest, now) else []
    earlier = boundaries.before(config, window, index.windows())
    previous = _turn(config, index, agent, provider, earlier, now) if earlier else None
    if previous is not None and _is_abandoned(config, previous, now):
        return result
    if (
        previous
        and previous.after is None
        and previous.before is not None
        and previous.next == window
    ):
        result.insert(0, previous)
    return result


def is_early(config: Config, turn: Turn, now: datetime) -> bool:
    """Whether the window may be crossed before its end with --force.

    It may not if it has just begun, so that repeated runs with --force cross once.
    """
    begun = turn.open.before.counts_from if turn.open.before else now
    return now >= begun + config.windows.grace


def just_began(config: Config, entry: Entry | None, now: datetime) -> bool:
    """Whether this BEFORE of a reset is so recent that another crossing would repeat it."""
    if entry is None or entry.boundary is None:
        return False
    return now <= entry.counts_from + config.windows.grace


def is_overtaken(turn: Turn, captured_at: datetime) -> bool:
    """Whether a BEFORE was booked after the pane was read, so that an AFTER would not count."""
    began = turn.open.before
    return turn.after is None and began is not None and captured_at < began.captured_at


def unfit(
    config: Config,
    turn: Turn,
    captured_at: datetime,
    meters: tuple[Meter, ...],
    errors: tuple[str, ...],
) -> tuple[str, datetime | None] | None:
    """Why a pane is too early for this boundary, and when to try again; None if it is usable."""
    if captured_at >= turn.boundary:
        clear = _latest(config, turn.begins, captured_at) + config.windows.lag
        if captured_at < clear:
            return f"panes lag: within {config.windows.lag_buffer} of the reset", clear
    late = [meter.name for meter in meters if meter.resets_at and meter.resets_at <= captured_at]
    if late:
        return f"the reset of {', '.join(late)} has not moved on in its pane", None
    if "stale" in errors:
        return "its pane may be stale", None
    return None


def missed(config: Config, index: SnapshotIndex, now: datetime) -> list[tuple[str, datetime]]:
    """(window, boundary) of every reset that passed an open window and was not booked in time."""
    result: dict[tuple[str, datetime], None] = {}
    for agent, provider, _, window in sorted(index.heads(), key=lambda head: "/".join(head[:2])):
        turn = _turn(config, index, agent, provider, window, now)
        if turn is None or turn.open.after is not None or _is_imported(turn):
            continue
        passed = [(window, moment) for moment in _passed(config, turn, now)]
        for name, moment in [*passed, *turn.skipped]:
            first = index.first_capture(moment)
            in_time = first is not None and first <= moment + config.windows.grace
            if now > moment + config.windows.grace and not in_time:
                result[name, moment] = None
    return sorted(result, key=lambda item: (item[1], item[0]))


def _is_imported(turn: Turn) -> bool:
    """Whether another tool began the window, so that this book missed no reset in it."""
    return turn.open.before is not None and turn.open.before.imported


def _is_abandoned(config: Config, turn: Turn, now: datetime) -> bool:
    """Whether another tool left the window open long ago: a current pane cannot be its AFTER."""
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
        ends = boundaries.first_end(
            config, begun
        )  # an agent that joins after the end stays until a reset
    following, begins, skipped = _following(config, window, ends, now)
    before = _begun(config, index, agent, provider, following, ends) if following else None
    return Turn(agent, provider, window, ends, pair, pair.after, before, following, begins, skipped)


def _stretch(index: SnapshotIndex, window: str, agent: str, provider: str) -> datetime | None:
    """The start of the last stretch of work in a window: its first BEFORE since an AFTER.

    A BEFORE that corrects it does not move the end.
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
    """The next window that has not ended, its start, and the windows that were skipped."""
    skipped: dict[str, datetime] = {}
    begins, name = ends, boundaries.following(config, window)
    while name is not None and name not in skipped:
        declared = config.ends(name)
        if declared is None or declared > now or declared <= ends:
            break
        skipped[name] = begins = declared
        name = boundaries.following(config, name)
    return name, begins, tuple(skipped.items())


def _begun(
    config: Config, index: SnapshotIndex, agent: str, provider: str, window: str, boundary: datetime
) -> Entry | None:
    """The BEFORE of the next window, if it belongs to this boundary or is later."""
    entry = index.pair(window, agent, provider).before
    if entry is None:
        return None
    belongs = entry.boundary == boundary or entry.counts_from >= boundary - config.windows.early
    return entry if belongs else None


def _passed(config: Config, turn: Turn, now: datetime) -> Iterator[datetime]:
    """The boundary and the reset times after it that have passed, at most MOST_MISSED.

    If the next window has a declared end, no reset time is a boundary.
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
