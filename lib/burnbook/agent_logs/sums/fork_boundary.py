"""Finds where the copied lines of a fork's file end and its own begin, from the file alone.

Each request counts in the session in whose own part it is. So the result is the same in whatever
order files are read, however often, and without the parent's file.

A turn decides, where lines name their turns: the time when it began, as its line says or as its id
(a UUID of version 7) contains it. Turns from before the fork were copied, and all lines after the
first turn since the fork are the session's own. A copied line may have the time of the original,
which is before the fork, or that of the copying, which is after it.
"""

from typing import Any

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.feed_columns import LineKind, Row
from burnbook.agent_logs.requests import key_of
from burnbook.base.errors import Refused

# Logs without turns: the copying of a history has no longer pause than this, in seconds. After the
# fork, somebody types, or a model answers.
_PAUSE = 3.0


class ForkBoundary(msgspec.Struct, array_like=True):
    """What is known of a file's boundary so far.

    `is_open`: lines may still be copied ones. `session` is a hash of the session's id. Times are
    epoch seconds.
    """

    is_open: bool = False
    is_copy: bool = False
    is_own: bool = False
    session: int | None = None
    started: float = 0.0
    has_turns: bool = False
    before: float | None = None

    def read_marker(
        self, feed: CompiledFeed, history: LineKind, row: Row, has_parent: bool
    ) -> bool:
        """Read a line without tokens; False where it is no marker."""
        is_meta = history.only.all(row)
        if not is_meta and not self.is_open:  # most lines: a turn of a session's own
            return any(row[column] is not None for column in feed.turn_columns)
        name, started, forked_from, base, turn, turn_started, *_ = history.fields.pick(row)
        session = None if name is None else key_of(name)
        if is_meta and self.session is None:
            moment = self.before = _moment(feed, row)
            self.session = session
            self.started = _seconds(feed, started) or moment or 0.0
            self.is_own = base is not None
            self.is_open = has_parent and not self.is_own
            self.is_copy = forked_from is not None and not self.is_own
        elif is_meta and session == self.session:
            self._end_copy()
        elif is_meta and not self.is_own:
            self.is_open = self.is_copy = True
        elif not is_meta:
            self._read_turn(_moment(feed, row), turn, turn_started)
        return is_meta or turn is not None or turn_started is not None

    def is_copied(self, moment: float) -> bool:
        """Whether a line with tokens was copied; call it in the order of lines while `is_open`."""
        before, self.before = self.before, moment
        if moment < self.started:
            self.is_copy = True
        elif self.is_copy and before is not None:
            is_pause = not self.has_turns and moment - before > _PAUSE
            if is_pause or before < self.started:
                self._end_copy()
        return self.is_copy

    def _read_turn(self, moment: float | None, turn: Any, turn_started: Any) -> None:
        is_own = self._is_since_fork(turn, turn_started)
        if is_own:
            self._end_copy()
        elif is_own is not None:
            self.is_copy = self.has_turns = True
        elif moment is not None:
            self.is_copied(moment)

    def _is_since_fork(self, turn: Any, turn_started: Any) -> bool | None:
        """Whether a turn began since the fork; None where its line does not show when."""
        is_number = isinstance(turn_started, int | float)
        if is_number and int(turn_started) != int(self.started):
            return bool(turn_started > self.started)
        milliseconds = _uuid7_milliseconds(turn)
        if milliseconds is None:
            return True if is_number else None
        return milliseconds >= round(self.started * 1000)

    def _end_copy(self) -> None:
        self.is_open = self.is_copy = False
        self.is_own = True


def _moment(feed: CompiledFeed, row: Row) -> float | None:
    """The time of a line without tokens, which is not rejected because of it."""
    return _seconds(feed, feed.requests.fields.pick(row)[0])


def _seconds(feed: CompiledFeed, ts: Any) -> float | None:
    """A time as epoch seconds; None where it is absent or cannot be read."""
    try:
        return feed.moment(ts).timestamp()
    except Refused:
        return None


def _uuid7_milliseconds(text: Any) -> int | None:
    """The time in a UUID of version 7, in milliseconds since 1970."""
    digits = text.replace("-", "") if isinstance(text, str) else ""
    if len(digits) != 32 or digits[12] != "7":
        return None
    try:
        return int(digits[:12], 16)
    except ValueError:
        return None
