"""The change of a meter between BEFORE and AFTER, with or without a reset in between.

Vendors reset a meter to 0 at its `resets_at`; until then it only rises.
"""

from datetime import datetime, timedelta

from burnbook.rows.meters import Meter, MeterDelta, Snapshot

NEGATIVE_DELTA = "negative-delta"

# Panes show resets to the minute, and the end of a rolling window varies by one.
SAME_RESET = timedelta(minutes=2)


def deltas(before: Snapshot | None, after: Snapshot | None) -> list[MeterDelta]:
    """One delta for every meter that either snapshot shows, BEFORE's order first."""
    first = {meter.name: meter for meter in before.meters} if before else {}
    second = {meter.name: meter for meter in after.meters} if after else {}
    rows = []
    for name in [*first, *(name for name in second if name not in first)]:
        old, new = first.get(name), second.get(name)
        reason = _not_known(before, after, old, new)
        if reason is None and before and after and old is not None and new is not None:
            rows.append(_delta(old, new, before.captured_at, after.captured_at))
        else:
            rows.append(_row(old, new, reason=reason))
    return rows


def fell(delta: MeterDelta) -> bool:
    """Whether the meter fell with no reset to explain it: BEFORE and AFTER cannot both be right."""
    return delta.reason == NEGATIVE_DELTA


def _not_known(
    before: Snapshot | None, after: Snapshot | None, old: Meter | None, new: Meter | None
) -> str | None:
    if before is None:
        return "no-before"
    if after is None:
        return "no-after"
    if old is None or old.used_percent is None:
        return "not-shown-before"
    if new is None or new.used_percent is None:
        return "not-shown-after"
    return None


def _delta(old: Meter, new: Meter, began: datetime, ended: datetime) -> MeterDelta:
    assert old.used_percent is not None and new.used_percent is not None
    rise = round(new.used_percent - old.used_percent, 6)
    if _was_reset(old, new, began, ended):
        whole = _whole_windows_between(old, new, began, ended)
        unused = max(0.0, 100.0 - old.used_percent)
        most = round(unused + 100.0 * whole + new.used_percent, 6)
        return _row(old, new, least=new.used_percent, most=most, resets=1 + whole)
    if rise < 0:
        return _row(old, new, delta=rise, reason=NEGATIVE_DELTA)
    return _row(old, new, delta=rise, least=rise, most=rise)


def _was_reset(old: Meter, new: Meter, began: datetime, ended: datetime) -> bool:
    """Whether the old reset has passed and the new pane, if it shows one, has a later one.

    If the old pane shows none, only a time longer than the meter's window is certain.
    """
    if old.resets_at is None:
        return bool(old.window_minutes) and ended - began > _length(old)
    if ended < old.resets_at:
        return False
    return new.resets_at is None or new.resets_at > old.resets_at + SAME_RESET


def _whole_windows_between(old: Meter, new: Meter, began: datetime, ended: datetime) -> int:
    """The number of further windows of the meter that may have passed between the two."""
    if not old.window_minutes:
        return 0
    latest = new.resets_at - _length(old) if new.resets_at else ended
    return max(0, (latest + SAME_RESET - (old.resets_at or began)) // _length(old))


def _length(meter: Meter) -> timedelta:
    return timedelta(minutes=meter.window_minutes or 0)


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
