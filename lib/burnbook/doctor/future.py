"""Snapshots that are later than the clock: booked while it was wrong, and how to take them back."""

from datetime import datetime, timedelta

from burnbook.context import Context
from burnbook.doctor import Probed
from burnbook.times import clock
from burnbook.windows.snapshot_index import Entry, snapshot_index

AREA = "book"
_AHEAD = timedelta(minutes=5)
_MOST = 5


def probe(ctx: Context, now: datetime) -> list[Probed]:
    """One probe: each such snapshot with its `undo`, in an order in which all of them work."""
    index = snapshot_index(ctx)
    found = [
        _undo(window, entry, counted)
        for window in index.windows()
        for counted in [index.counted(window)]
        for entry in counted
        if entry.captured_at > now + _AHEAD
    ]
    if not found:
        return [Probed(AREA, "future rows", "ok", "no snapshot is later than the clock")]
    more = f", and {len(found) - _MOST} more" if len(found) > _MOST else ""
    what = "1 snapshot is" if len(found) == 1 else f"{len(found)} snapshots are"
    told = f"{what} later than the clock: {'; '.join(found[:_MOST])}{more}"
    return [Probed(AREA, "future rows", "warn", told)]


def _undo(window: str, entry: Entry, counted: list[Entry]) -> str:
    about = (entry.agent, entry.provider, entry.phase)
    later = [one for one in counted if (one.agent, one.provider, one.phase) == about]
    index = len(later) - later.index(entry)
    command = f"undo {entry.provider} --agent {entry.agent} --window {window}"
    command += f" --phase {entry.phase}" + (f" --index {index}" if index > 1 else "")
    moment = clock.iso(entry.captured_at.replace(microsecond=0))
    return f"{entry.phase.upper()} of {moment} ({command})"
