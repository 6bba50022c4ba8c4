"""What is due at a window's end: for each agent and provider AFTER, and BEFORE of the next.

Everything is keyed on the boundary, the UTC moment at which a window ends, and never on the local
date, so that repeated runs book nothing twice.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from burnbook.config.loader import Config
from burnbook.rows.meters import Meter
from burnbook.windows import boundaries
from burnbook.windows.booked.pairs import Entry, Pair
from burnbook.windows.snapshot_index import SnapshotIndex

CAPTURE_FAILED = "capture-failed"
"""The kind of anomaly for a pane that could not be captured at a reset."""

MOST_MISSED = 31
"""Resets recorded as missed for one open window. After a month it counts as abandoned."""


class Turn(Struct, frozen=True):
    """One agent and provider at the end of a window.

    `after` and `before` are the booked snapshots of this boundary. `next` is the window to enter,
    or None. It begins at `begins`, which is the boundary unless windows were `skipped`: these
    (window, boundary) ended before this agent entered them.
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

    Usually one, for the window that was entered last. Earlier windows that were left open when the
    next one was started by hand come first, because the BEFORE is also their AFTER.
    """
    entered = index.entered(agent, provider)
    result: list[Turn] = []
    for window, following in zip(entered, [None, *entered], strict=False):
        turn = current_turn(config, index, agent, provider, now, window)
        if turn is None or (following and turn.after is not None):
            break
        if following:
            before = index.pair(following, agent, provider).before
            turn = replace(turn, next=following, before=before, skipped=())
        if not is_abandoned(config, turn, now):
            result.insert(0, turn)
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
    known: Collection[str] = (),
) -> tuple[str, datetime | None] | None:
    """Why a pane is not usable for this boundary yet, and when to try again; None if it is.

    `known` are the meters whose number the agent's last pane showed. A pane that shows no number
    at all is never usable. If it lacks some that are known, it is after the time of `missed_after`.
    """
    if captured_at >= turn.boundary:
        clear = _latest(config, turn.begins, captured_at) + config.windows.lag
        if captured_at < clear:
            return f"panes lag: within {config.windows.lag_buffer} of the reset", clear
    late = [meter.name for meter in meters if meter.resets_at and meter.resets_at <= captured_at]
    if late:
        return f"the reset of {', '.join(late)} has not moved on in its pane", None
    # The pool of a model is not used in every window, so an old value of it delays nothing.
    words = [error.partition(":") for error in errors]
    stale = [name for word, _, name in words if word == "stale" and ":" not in name]
    if stale:
        return f"{', '.join(filter(None, stale)) or 'its pane'} may be stale", None
    empty = [meter.name for meter in meters if meter.used_percent is None]
    if empty and len(empty) == len(meters):
        return f"its pane shows no number for {', '.join(empty)}", None
    missing = ", ".join(name for name in empty if name in known)
    limit = _latest(config, turn.begins, captured_at) + config.windows.grace
    if missing and captured_at <= limit:
        until = f"within {config.windows.missed_after} of the reset"
        return f"its pane shows no number for {missing}, {until}", None
    return None


def missed(config: Config, index: SnapshotIndex, now: datetime) -> list[tuple[str, datetime]]:
    """(window, boundary) of every reset that passed an open window and was not booked in time.

    Windows that others used while an agent was away are not among them; see `absences`.
    """
    result: dict[tuple[str, datetime], None] = {}
    for agent, provider, _, window in index.heads():
        turn = current_turn(config, index, agent, provider, now, window)
        if turn is None or turn.open.after is not None or _is_imported(turn):
            continue
        passed = [(window, moment) for moment in _passed(config, index, turn, now)]
        for name, moment in [*passed, *unused(index, turn)]:
            if _is_late(config, moment, now) and not _in_time(config, index, moment):
                result[name, moment] = None
    return sorted(result, key=lambda item: (item[1], item[0]))


def unused(index: SnapshotIndex, turn: Turn) -> list[tuple[str, datetime]]:
    """(window, boundary) of every skipped window that nobody used."""
    return [(name, ends) for name, ends in turn.skipped if not index.counted(name)]


def absences(
    config: Config, index: SnapshotIndex, turn: Turn, now: datetime
) -> list[tuple[str, datetime]]:
    """(window, boundary) of every reset that this agent alone missed, if it crosses at `now`.

    They are its own, if others were in time, and those of the windows that others used since.
    """
    is_by_hand = turn.after is not None and turn.after.boundary is None
    if is_by_hand or _is_imported(turn):
        return []
    own = turn.after is None and _is_late(config, turn.boundary, now)
    resets = (
        [(turn.window, turn.boundary)] if own and _in_time(config, index, turn.boundary) else []
    )
    return [*resets, *((name, ends) for name, ends in turn.skipped if index.counted(name))]


def _is_late(config: Config, boundary: datetime, now: datetime) -> bool:
    return now > boundary + config.windows.grace


def _in_time(config: Config, index: SnapshotIndex, boundary: datetime) -> bool:
    """Whether the first automatic snapshot of a boundary was booked in time."""
    first = index.first_capture(boundary)
    return first is not None and not _is_late(config, boundary, first)


def _is_imported(turn: Turn) -> bool:
    """Whether another tool began the window, so that this book missed no reset in it."""
    return turn.open.before is not None and turn.open.before.imported


def is_abandoned(config: Config, turn: Turn, now: datetime) -> bool:
    """Whether another tool left the window open long ago: a current pane cannot be its AFTER."""
    return _is_imported(turn) and now > turn.boundary + config.windows.grace


def current_turn(
    config: Config, index: SnapshotIndex, agent: str, provider: str, now: datetime, window: str
) -> Turn | None:
    """The turn of one agent and provider at the end of `window`; None without a BEFORE."""
    pair = index.pair(window, agent, provider)
    ends = boundaries.boundary_of(config, index, window, agent, provider)
    if pair.before is None or ends is None:
        return None
    following = boundaries.next_window(config, index, window, ends, now)
    entered = following.window
    before = _begun(config, index, agent, provider, entered, ends) if entered else None
    return Turn(
        *(agent, provider, window, ends, pair, pair.after),
        *(before, entered, following.begins, following.skipped),
    )


def _begun(
    config: Config, index: SnapshotIndex, agent: str, provider: str, window: str, boundary: datetime
) -> Entry | None:
    """The BEFORE of the next window, if it belongs to this boundary or is later."""
    entry = index.pair(window, agent, provider).before
    if entry is None:
        return None
    return entry if entry.counts_from >= boundary - config.windows.early else None


def _passed(config: Config, index: SnapshotIndex, turn: Turn, now: datetime) -> Iterator[datetime]:
    """The boundary and the reset times after it that have passed, at most MOST_MISSED.

    If others use the next window, or it has a declared end, no reset time is a boundary.
    """
    if turn.boundary <= now:
        yield turn.boundary
    moment = config.next_reset(turn.begins)
    if turn.next is not None and (index.counted(turn.next) or config.ends(turn.next) is not None):
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
