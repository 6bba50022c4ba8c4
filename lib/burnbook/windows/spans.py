"""The time of each window, by which requests that name no window belong to one."""

import time
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.store.membership import Membership, Span
from burnbook.store.projection import Source
from burnbook.windows import boundaries
from burnbook.windows.booked.snapshots import SNAPSHOTS
from burnbook.windows.snapshot_index import SnapshotIndex, snapshot_index

if TYPE_CHECKING:
    from sqlite3 import Connection

_GAP = timedelta(days=31)
"""How long after the end of a window the next one may begin and still follow it."""
_FORM = 1  # another number when the rules below change


def source(config: Config) -> Source:
    """What the store derives the windows of requests from."""
    # The name of the machine's own zone, for `timezone = "local"`.
    text = f"{_FORM} {time.tzname} {time.timezone}".encode() + msgspec.json.encode(config.windows)
    return Source(SNAPSHOTS, f"{zlib.crc32(text):08x}", partial(_read, config))


def membership(ctx: Context) -> Membership:
    """The windows of requests that name none."""
    return Membership(spans(ctx.config, snapshot_index(ctx)))


def _read(config: Config, database: "Connection") -> list[Span]:
    return spans(config, SnapshotIndex(database))


def spans(config: Config, index: SnapshotIndex) -> list[Span]:
    """The span of each window that has a BEFORE and an end, in order.

    A window begins at its first BEFORE. If that was taken for a reset, or if the window follows one
    that ended before, it begins where that one ended.
    """
    windows = {*config.windows.windows, *index.windows()}
    earlier: dict[str | None, list[str]] = {}
    for window in windows:
        earlier.setdefault(boundaries.following(config, window), []).append(window)
    own = {window: _own(config, index, window) for window in windows}
    ends = {window: span.ends_at for window, span in own.items() if span}
    continued = [
        _continued(span, [ends[name] for name in earlier.get(span.window, ()) if name in ends])
        for span in own.values()
        if span
    ]
    return sorted(span for span in continued if span.starts_at < span.ends_at)


def requests_from(config: Config, index: SnapshotIndex, window: str) -> datetime | None:
    """The moment from which requests are in a window; None if it has no span."""
    span = _own(config, index, window)
    if span is None:
        return None
    names = boundaries.all_before(config, window, index.windows())
    earlier = [each for name in names if (each := _own(config, index, name))]
    return _continued(span, [each.ends_at for each in earlier]).starts_at


def _own(config: Config, index: SnapshotIndex, window: str) -> Span | None:
    """The span of a window from its own snapshots and its own end."""
    befores = [entry for entry in index.counted(window) if entry.phase == "before"]
    ends_at = boundaries.of(config, index, window).ends_at
    if not befores or ends_at is None:
        return None
    start = min(min(entry.captured_at, entry.boundary or entry.captured_at) for entry in befores)
    return Span(start, ends_at, window, tuple(sorted({entry.agent for entry in befores})))


def _continued(span: Span, ends: Sequence[datetime]) -> Span:
    """A span from the end of the window that it follows, if that one ended before."""
    start = max((end for end in ends if end <= span.starts_at), default=span.starts_at)
    return span._replace(starts_at=start) if span.starts_at - start <= _GAP else span
