"""The quick path: flat lines with exactly the canonical fields that every request has, and nothing
unusual in them. msgspec decodes them straight into events; whatever is in doubt is left to the
exact path, so that this one decides nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Annotated, cast

import msgspec

from burnbook.base.errors import Refused
from burnbook.base.json_path import several, split
from burnbook.config.feeds import NAMES, TEXTS, Feed
from burnbook.jsonl.parse import SHORT
from burnbook.jsonl.text import CACHED_TEXT, untouched
from burnbook.jsonl.timestamps import FIRST, LAST
from burnbook.rows.meters import Count, Moment, Text
from burnbook.telemetry.feeds.event import Event, Side, parted
from burnbook.telemetry.feeds.reader import Reader, remember
from burnbook.telemetry.traffic import Group

_JOINED = 512  # lines looked at together: what fits into a core's own cache
_PROBE = 64  # lines by which to decide whether a batch is of this kind


class _Plain(Event, gc=False, eq=False):
    # The same fields, all present and not null.
    ts: Moment
    rid: Text
    lane: Text
    model: Text
    status: int | Text
    input_tokens: Count
    output_tokens: Count
    reason: Text
    latency_ms: Annotated[float, msgspec.Meta(ge=0, le=1e12)]


FIELDS = _Plain.__struct_fields__[:9]
# Nine keys and five texts, each between two quotes; a status in words has two more.
_QUOTES = 2 * (len(FIELDS) + 5)
_decode = msgspec.json.Decoder(_Plain).decode
# Most lines share these fields with others, so they are the key of the cached sides.
SHARED = ("lane", "model", "status", "reason")
_ANY = ("2026-01-01T00:00:00Z", "-", "-", "-", 200, 0, 0, "-", 0)
# A placeholder for lines without an event.
_NONE = Event(datetime(FIRST + 1, 1, 1, tzinfo=UTC), *(None,) * 8)
_shared = attrgetter(*SHARED)

Key = tuple[str | None, str | None, int | str | None, str | None]


def possible(feed: Feed) -> bool:
    """Whether lines of this feed can be plain: canonical names come first, and ISO times are read.

    Nothing else may look at these fields, but conditions at those that `SHARED` has.
    """
    paths = {split(path)[0] for path in (*feed.requests.only, *feed.requests.never)}
    paths |= {split(path)[0] for path in feed.errors.any}
    paths -= set(SHARED)
    paths |= {split(word)[0] for word in several(feed.feature) if word not in TEXTS}
    paths |= {path[0] for name in set(NAMES).difference(FIELDS) for path in feed.paths(name)}
    return (
        feed.map is None
        and "iso" in feed.ts.kinds
        and all(feed.paths(name)[:1] == ((name,),) for name in FIELDS)
        and paths.isdisjoint(FIELDS)
    )


class Plain:
    """Decodes the plain lines of one feed."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._sides: dict[Key, Side | None] = {}
        # Lines of several keys may have one side: sums are events of few of them.
        self._alike: dict[tuple[bytes, Group], Side] = {}

    def decode(self, lines: Sequence[bytes]) -> tuple[list[Event], list[Side], Sequence[int]]:
        """An event and its side for each line, and the indices of those for the exact path."""
        events: list[Event] = []
        failed = _extend(events, lines[:_PROBE])
        if 2 * len(failed) >= len(events):
            return events, [], range(len(lines))
        failed += _extend(events, lines[_PROBE:])
        sides = list(map(self._sides.get, map(_shared, events)))
        unusual = {
            *failed,
            *_with_more_fields(events, lines, failed),
            *_timed(events),
            *_with_secrets(events),
        }
        if not all(sides):
            for at, side in enumerate(sides):
                if side is None:
                    sides[at] = side = self._side(events[at])
                    if side is None:
                        unusual.add(at)
        return events, cast("list[Side]", sides), sorted(unusual)

    def _side(self, event: Event) -> Side | None:
        # The result of the exact path for such lines; None if it changes or refuses their fields.
        key: Key = _shared(event)
        if key in self._sides or sum(len(str(part)) for part in key) > CACHED_TEXT:
            return self._sides.get(key)
        line = dict(zip(FIELDS, _ANY, strict=True))
        line |= dict(zip(SHARED, key, strict=True))
        try:
            read = self._reader.read(line)
        except Refused:
            read = None
        side = None
        if read and _shared(read) == key and not read.extra:
            side = parted(read)
            side = remember(self._alike, (side.text, side.group), side)
        return remember(self._sides, key, side)


def _extend(events: list[Event], lines: Sequence[bytes]) -> list[int]:
    # A line that raises is consumed, and what came before it stays in the list: so the loop goes on
    # behind it, and a placeholder keeps the indices right.
    failed = []
    source = iter(lines)
    while True:
        try:
            events.extend(map(_decode, source))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            failed.append(len(events))
            events.append(_NONE)
        else:
            return failed


def _timed(events: list[Event]) -> Sequence[int]:
    # Makes moments UTC; gives those in the first and the last year, in which the offset decides
    # whether a moment is still allowed.
    moments = [event.ts for event in events]
    unusual: Sequence[int] = ()
    if not FIRST < min(moments).year <= max(moments).year < LAST:
        unusual = [at for at, moment in enumerate(moments) if not FIRST < moment.year < LAST]
    if {moment.tzinfo for moment in moments} != {UTC}:
        for at, event in enumerate(events):
            if at not in unusual:
                event.ts = event.ts.astimezone(UTC)
    return unusual


def _with_more_fields(
    events: list[Event], lines: Sequence[bytes], failed: list[int]
) -> Sequence[int]:
    # Lines that may have more than the nine fields: each event accounts for a number of quotes. Any
    # further key, new or repeated, means more, so if the sums are equal, so is each line's. Without
    # a backslash, every quote begins or ends a string.
    quotes, escapes = -sum(lines[at].count(b'"') for at in failed), False
    for start in range(0, len(lines), _JOINED):
        block = b"".join(lines[start : start + _JOINED])
        quotes += block.count(b'"')
        escapes = escapes or b"\\" in block
    expected = _QUOTES * (len(lines) - len(failed))
    if quotes != expected:
        expected += 2 * sum(type(event.status) is str for event in events)
    if quotes == expected and not escapes and max(map(len, lines), default=0) <= SHORT:
        return ()
    return [
        at
        for at, (line, event) in enumerate(zip(lines, events, strict=True))
        if line.count(b'"') != _QUOTES + 2 * (type(event.status) is str)
        or b"\\" in line
        or len(line) > SHORT
    ]


def _with_secrets(events: list[Event]) -> Sequence[int]:
    rids = [event.rid or "" for event in events]
    if untouched("\n".join(rids)):
        return ()
    return [at for at, rid in enumerate(rids) if not untouched(rid)]
