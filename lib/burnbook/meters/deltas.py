"""The change of a meter between BEFORE and AFTER, with or without resets in between.

Vendors reset a meter to 0 at its `resets_at`; until then it only rises. So between two readings of
the same reset the rise is exact. Across a reset, at least the new value was used, and at most the
unused rest, the new value, and 100 for each whole window of the meter in between. Every reading in
between makes these bounds closer.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

import msgspec
from msgspec.structs import replace

from burnbook.meters import views
from burnbook.rows.meters import Meter, MeterDelta, Snapshot

NEGATIVE_DELTA = "negative-delta"
ACCOUNT_CHANGED = "account-changed"

# Panes show resets to the minute, and the end of a rolling window varies by one.
SAME_RESET = timedelta(minutes=2)


class Seen(msgspec.Struct, frozen=True):
    """One meter at one moment, with a value; in a pane or in a reading."""

    at: datetime
    meter: Meter

    @property
    def used(self) -> float:
        """The used percentage."""
        assert self.meter.used_percent is not None
        return self.meter.used_percent


Evidence = Mapping[str, Sequence[Seen]]
_NONE: Evidence = MappingProxyType({})


class Bounds(msgspec.Struct, frozen=True):
    """The least and the most that was used, and how many resets there were at most."""

    least: float
    most: float
    resets: int


def deltas(
    before: Snapshot | None, after: Snapshot | None, evidence: Evidence = _NONE
) -> list[MeterDelta]:
    """One delta for every meter that either snapshot shows, BEFORE's order first.

    `evidence` has what else is known of each meter of this account, in any order and of any time.
    """
    rows = []
    for name in dict.fromkeys(m.name for shot in (before, after) if shot for m in shot.meters):
        old, new = meter_of(before, name), meter_of(after, name)
        reason = not_known(before, after, old, new)
        if reason is None and before and after and old is not None and new is not None:
            ends = Seen(before.captured_at, old), Seen(after.captured_at, new)
            rows.append(delta_of(*ends, evidence.get(name, ())))
        else:
            rows.append(_row(old, new, reason=reason))
    return rows


def meter_of(shot: Snapshot | None, name: str) -> Meter | None:
    """The meter of this name in a snapshot; None without it."""
    return next((meter for meter in shot.meters if meter.name == name), None) if shot else None


def unknown(delta: MeterDelta, reason: str, least: float | None = None) -> MeterDelta:
    """The same meter with an unknown change, of which at most the least is known."""
    return msgspec.structs.replace(
        delta, delta=None, delta_min=least, delta_max=None, resets=0, reason=reason
    )


def fell(delta: MeterDelta) -> bool:
    """Whether the meter fell with no reset to explain it: BEFORE and AFTER cannot both be right."""
    return delta.reason == NEGATIVE_DELTA


def is_trivial(delta: MeterDelta) -> bool:
    """Whether the bounds say no more than that several resets were not seen."""
    if delta.resets < 2 or delta.before is None or delta.after is None:
        return False
    widest = max(0.0, 100.0 - delta.before) + 100.0 * (delta.resets - 1) + delta.after
    return (delta.delta_min, delta.delta_max) == (delta.after, round(widest, 6))


def bounds(seen: Sequence[Seen]) -> Bounds:
    """What was used from the first to the last, which are in the order of time.

    Of two values before the same reset the lower one is older, so a later one of them is left out.
    """
    kept = [seen[0]]
    is_older = False
    for shown in seen[1:]:
        kept[-1], entry = _same_view(kept[-1], shown)
        is_older = _is_older(entry, kept[-1])
        if not is_older:
            kept.append(entry)
    least = most = 0.0
    resets = 0
    for old, new in pairwise(kept):
        if _was_reset(old, new):
            whole = _whole_windows_between(old, new)
            least += new.used
            most += max(0.0, 100.0 - old.used) + 100.0 * whole + new.used
            resets += 1 + whole
        else:
            least += new.used - old.used
            most += new.used - old.used
    if is_older:  # the last pane was older, so more may have been used since
        most += max(0.0, 100.0 - kept[-1].used)
    return Bounds(round(least, 6) + 0.0, round(most, 6) + 0.0, resets)  # no -0.0


def between(evidence: Iterable[Seen], began: datetime, ended: datetime) -> list[Seen]:
    """The readings after one moment and before another, in the order of time."""
    return sorted((seen for seen in evidence if began < seen.at < ended), key=lambda seen: seen.at)


def _row(
    old: Meter | None,
    new: Meter | None,
    *,
    delta: float | None = None,
    least: float | None = None,
    most: float | None = None,
    resets: int = 0,
    reason: str | None = None,
) -> MeterDelta:
    shown = new or old
    assert shown is not None
    return MeterDelta(
        name=shown.name,
        window_minutes=shown.window_minutes,
        before=old.used_percent if old else None,
        after=new.used_percent if new else None,
        resets_at=shown.resets_at,
        delta=delta,
        delta_min=least,
        delta_max=most,
        resets=resets,
        reason=reason,
    )


def not_known(
    before: Snapshot | None, after: Snapshot | None, old: Meter | None, new: Meter | None
) -> str | None:
    """The reason why the change from one meter to another is unknown; None if it is known."""
    if before is None:
        return "no-before"
    if after is None:
        return "no-after"
    if old is None or old.used_percent is None:
        return "not-shown-before"
    if new is None or new.used_percent is None:
        return "not-shown-after"
    return None


def delta_of(old: Seen, new: Seen, evidence: Sequence[Seen]) -> MeterDelta:
    """The change from one value of a meter to a later one, with what else is known of it."""
    old, new = _same_view(old, new)
    fall = round(new.used - old.used, 6)
    if fall < 0 and not _was_reset(old, new):
        return _row(old.meter, new.meter, delta=fall, reason=NEGATIVE_DELTA)
    used = bounds([old, *between(evidence, old.at, new.at), new])
    is_exact = not used.resets and used.least == used.most
    return _row(
        old.meter,
        new.meter,
        delta=used.least if is_exact else None,
        least=used.least,
        most=used.most,
        resets=used.resets,
    )


def _is_older(entry: Seen, kept: Seen) -> bool:
    """Whether a later entry shows an earlier state of the meter than the one before it."""
    if _was_reset(kept, entry):
        return False
    resets_at, last = entry.meter.resets_at, kept.meter.resets_at
    if resets_at is not None and last is not None and resets_at < last - SAME_RESET:
        return True
    return round(entry.used - kept.used, 6) < 0


def _same_view(old: Seen, new: Seen) -> tuple[Seen, Seen]:
    """Both with the finer number, if the later one is less only because one is less precise."""
    used = views.finer(old.used, new.used) if new.used < old.used else None
    if used is None or _was_reset(old, new):
        return old, new

    def with_finer(entry: Seen) -> Seen:
        return replace(entry, meter=msgspec.structs.replace(entry.meter, used_percent=used))

    return with_finer(old), with_finer(new)


def _was_reset(old: Seen, new: Seen) -> bool:
    """Whether the old reset has passed and the new pane, if it shows one, has a later one.

    If the old pane shows none, the new window must have begun after it, and without any only a time
    longer than the meter's window is certain. The reset of an unused window moves on until it is
    used, so a window that began before that reset is the same.
    """
    length, last, following = _length(old.meter), old.meter.resets_at, new.meter.resets_at
    if last is None:
        if following is not None and length:
            return following - length > old.at + SAME_RESET
        return bool(length) and new.at - old.at > length
    if new.at < last:
        return False
    if following is None:
        return True
    if not old.used and length and following - length < last - SAME_RESET:
        return False
    return following > last + SAME_RESET


def _whole_windows_between(old: Seen, new: Seen) -> int:
    """The number of further windows of the meter that may have passed between the two."""
    length = _length(old.meter)
    if not length:
        return 0
    latest = new.meter.resets_at - length if new.meter.resets_at else new.at
    return max(0, (latest + SAME_RESET - (old.meter.resets_at or old.at)) // length)


def _length(meter: Meter) -> timedelta:
    return timedelta(minutes=meter.window_minutes or 0)
