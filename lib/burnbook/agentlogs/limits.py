"""The official meters in a feed's lines: of each window what its last line tells.

Most lines tell more of the window before them. That is seen without making meters of them: only the
last one of a run is looked at closely.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from burnbook import ratelimits
from burnbook._feeds_event import Refused
from burnbook.agentlogs.line import Lines, Row
from burnbook.derive import official
from burnbook.derive.meters import SAME_RESET
from burnbook.derive.official import Shown

_WANDERS = SAME_RESET.total_seconds()
_NULL = msgspec.Raw(b"null")


class _Window(msgspec.Struct, gc=False):
    used_percent: float = -1.0
    window_minutes: int = 0
    resets_at: int | None = None


class _Quick(msgspec.Struct, gc=False):
    """The form that nearly every line has; what has another is looked at closely."""

    limit_id: str | None = None
    primary: _Window | None = None
    secondary: _Window | None = None


class Limits:
    """The meters of the files that one process reads. `found` has them by name and session."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.found: dict[str, list[Shown]] = {}
        self.plan: tuple[datetime, str] | None = None
        self._decode = msgspec.json.Decoder(_Quick).decode
        self._many = msgspec.json.Decoder(_Quick).decode_lines
        self._windows: dict[str, list[Shown]] = {}
        self._last: tuple[_Quick, Any, Any] | None = None

    def take(self, rows: Iterable[Row]) -> None:
        """Take the rows of one file in, in their order."""
        at = self.lines.meters
        assert at is not None
        ts = self.lines.requests.values.columns["ts"][0]
        told = [(row[at], row[ts]) for row in rows if row[at] is not None and row[at] != _NULL]
        if not told:
            return
        for quick, (raw, moment) in zip(self._quick([raw for raw, _ in told]), told, strict=True):
            last = self._last
            if quick is None:
                self._flush()
                self._closely(raw, moment)
                continue
            if last is not None and not _goes_on(last[0], quick):
                self._flush()
            # Held over the block's end, it must not hold all of the block.
            self._last = quick, raw, moment
        if self._last is not None and type(self._last[1]) is msgspec.Raw:
            self._last = self._last[0], self._last[1].copy(), self._last[2]

    def end(self, session: str) -> None:
        """The file is at its end: what it told is that of a session."""
        self._flush()
        for name, windows in self._windows.items():
            mine = [msgspec.structs.replace(one, session=session) for one in windows]
            for one in official.joined(mine):
                official.place(self.found.setdefault(name, []), one)
        self._windows = {}

    def join(self, other: dict[str, list[Shown]]) -> None:
        """Take in what another process found."""
        for name, windows in other.items():
            for one in windows:
                official.place(self.found.setdefault(name, []), one)

    def _quick(self, raws: list[Any]) -> list[_Quick | None]:
        try:
            found: list[_Quick | None] = list(self._many(b"\n".join(raws)))
        except (msgspec.DecodeError, TypeError):
            return [self._one(raw) for raw in raws]
        # A text over several lines would make fewer of them.
        return found if len(found) == len(raws) else [self._one(raw) for raw in raws]

    def _one(self, raw: Any) -> _Quick | None:
        try:
            found: _Quick = self._decode(raw)
        except (msgspec.DecodeError, TypeError):
            return None
        return found

    def _flush(self) -> None:
        if self._last is not None:
            _, raw, moment = self._last
            self._last = None
            self._closely(raw, moment)

    def _closely(self, raw: Any, said: Any) -> None:
        try:
            told = msgspec.json.decode(raw) if type(raw) is msgspec.Raw else raw
            moment = self.lines.moment(said)
        except (msgspec.DecodeError, RecursionError, Refused):
            return  # whether the line is of use is told by its request
        limits = ratelimits.codex(told, moment)
        if limits.plan is not None and (self.plan is None or moment >= self.plan[0]):
            self.plan = moment, limits.plan
        for meter in limits.meters:
            one = Shown(
                *(meter.name, meter.used_percent, meter.window_minutes, meter.resets_at),
                *(moment, None),
            )
            self._windows.setdefault(meter.name, []).append(one)


def _goes_on(last: _Quick, quick: _Quick) -> bool:
    """Whether a line tells the same windows as the one before, and no less of them."""
    return (
        last.limit_id == quick.limit_id
        and _is_on(last.primary, quick.primary)
        and _is_on(last.secondary, quick.secondary)
    )


def _is_on(last: _Window | None, quick: _Window | None) -> bool:
    if last is None or quick is None:
        return last is quick
    if (
        quick.resets_at is None
        or last.resets_at is None
        or quick.used_percent < last.used_percent
        or quick.window_minutes != last.window_minutes
    ):
        return False
    moved = quick.resets_at - last.resets_at
    return -_WANDERS <= moved <= max(_WANDERS, 60 * quick.window_minutes - _WANDERS)
