"""The official meters in a feed's lines: of each window what its last line tells.

Most lines tell more of the window before them. That is seen without making meters of them: only the
last one of a run is looked at closely.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from burnbook.agent_logs.compiled_feed import Lines, Row
from burnbook.base.errors import Refused
from burnbook.meters import rate_limits, vendor_meters
from burnbook.meters.deltas import SAME_RESET
from burnbook.meters.vendor_meters import Shown

_WANDERS = SAME_RESET.total_seconds()
_NOTHING = (None, msgspec.Raw(b"null"))


class _Window(msgspec.Struct, gc=False):
    used_percent: float = -1.0
    window_minutes: int = 0
    resets_at: Any = None


class _Quick(msgspec.Struct, gc=False):
    """The form that nearly every line has; what has another is looked at closely."""

    limit_id: str | None = None
    primary: _Window | None = None
    secondary: _Window | None = None


# In the place of a window that is null, and of what has another form: that goes on from nothing.
_NO = _Window(0.0, round(_WANDERS) // 60, 0)
_ODD = _Quick(primary=_Window())


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

    def take(self, rows: Iterable[Row], ts: int, at: int) -> None:
        """Take the rows of one file in, in their order: a time at `ts`, limits at `at`."""
        told = [row for row in rows if row[at] not in _NOTHING]
        if not told:
            return
        # Run for every line, so it calls nothing where a line goes on: where each window is the
        # same as before or slid on, and no less of it is used.
        last = self._last[0] if self._last else _ODD
        one, two = last.primary or _NO, last.secondary or _NO
        for n, quick in enumerate(self._quick([row[at] for row in told])):
            first, second = quick.primary or _NO, quick.secondary or _NO
            try:
                goes_on = (
                    first.used_percent >= one.used_percent
                    and second.used_percent >= two.used_percent
                    and -_WANDERS
                    <= first.resets_at - one.resets_at
                    <= 60 * one.window_minutes - _WANDERS
                    and -_WANDERS
                    <= second.resets_at - two.resets_at
                    <= 60 * two.window_minutes - _WANDERS
                    and quick.limit_id == last.limit_id
                )
            except TypeError:  # it does not say when it resets
                goes_on = False
            if not goes_on and n:
                self._closely(told[n - 1][at], told[n - 1][ts])
            elif not goes_on:
                self._flush()
            last, one, two = quick, first, second
        # Held over the block's end, it must not hold all of the block.
        raw, moment = told[-1][at], told[-1][ts]
        self._last = last, raw.copy() if type(raw) is msgspec.Raw else raw, moment

    def end(self, session: str) -> None:
        """The file is at its end: what it told is that of a session."""
        self._flush()
        for name, windows in self._windows.items():
            mine = [msgspec.structs.replace(one, session=session) for one in windows]
            for one in vendor_meters.joined(mine):
                vendor_meters.place(self.found.setdefault(name, []), one)
        self._windows = {}

    def join(self, other: dict[str, list[Shown]]) -> None:
        """Take in what another process found."""
        for name, windows in other.items():
            for one in windows:
                vendor_meters.place(self.found.setdefault(name, []), one)

    def _quick(self, raws: list[Any]) -> list[_Quick]:
        try:
            found: list[_Quick] = list(self._many(b"\n".join(raws)))
        except (msgspec.DecodeError, TypeError):
            return [self._one(raw) for raw in raws]
        # A text over several lines would make fewer of them.
        return found if len(found) == len(raws) else [self._one(raw) for raw in raws]

    def _one(self, raw: Any) -> _Quick:
        try:
            found: _Quick = self._decode(raw)
        except (msgspec.DecodeError, TypeError):
            return _ODD
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
        limits = rate_limits.codex(told, moment)
        if limits.plan is not None and (self.plan is None or moment >= self.plan[0]):
            self.plan = moment, limits.plan
        for meter in limits.meters:
            one = Shown(
                *(meter.name, meter.used_percent, meter.window_minutes, meter.resets_at),
                *(moment, None),
            )
            self._windows.setdefault(meter.name, []).append(one)
