"""Finds snapshots in the future, booked while the clock was wrong, and how to undo them."""

from datetime import datetime, timedelta

from burnbook.context import Context
from burnbook.doctor import Probed
from burnbook.times import clock
from burnbook.windows.booked.pairs import Entry
from burnbook.windows.snapshot_index import snapshot_index

AREA = "book"
_AHEAD = timedelta(minutes=5)
_MOST = 5


def probe(ctx: Context, now: datetime) -> list[Probed]:
    """One probe: each such snapshot with its `undo`, in an order in which all of them work."""
    index = snapshot_index(ctx)
    future = [
        _undo(window, entry, counted)
        for window in index.windows()
        for counted in [index.counted(window)]
        for entry in counted
        if entry.captured_at > now + _AHEAD
    ]
    if not future:
        return [Probed(AREA, "future rows", "ok", "no snapshot is later than the clock")]
    more = f", and {len(future) - _MOST} more" if len(future) > _MOST else ""
    what = "1 snapshot is" if len(future) == 1 else f"{len(future)} snapshots are"
    detail = f"{what} later than the clock: {'; '.join(future[:_MOST])}{more}"
    return [Probed(AREA, "future rows", "warn", detail)]


def _undo(window: str, entry: Entry, counted: list[Entry]) -> str:
    key = (entry.agent, entry.provider, entry.phase)
    later = [other for other in counted if (other.agent, other.provider, other.phase) == key]
    index = len(later) - later.index(entry)
    command = f"undo {entry.provider} --agent {entry.agent} --window {window}"
    command += f" --phase {entry.phase}" + (f" --index {index}" if index > 1 else "")
    moment = clock.iso(entry.captured_at.replace(microsecond=0))
    return f"{entry.phase.upper()} of {moment} ({command})"
