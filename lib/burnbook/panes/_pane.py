"""The values of a pane. Not in `__init__`, because parsers import it."""

from datetime import datetime, timedelta, tzinfo

import msgspec

from burnbook.rows.amounts import Amount
from burnbook.times.wall_time import WallTime, resolve

Resets = WallTime | timedelta | datetime
"""A wall time, resolved later with the moment of capture; the time from it on; or a moment."""


class Reading(msgspec.Struct, frozen=True):
    """One meter of a pane.

    used_percent: 0 to 100, always USED; None if it is missing or cut off
    window_minutes: the meter's window (300, 10080, ...); None if its name does not have it
    resets: the reset; None if it is missing or cut off
    resets_text: the reset text of the pane, parsed or not
    """

    name: str
    used_percent: float | None = None
    window_minutes: int | None = None
    resets: Resets | None = None
    resets_text: str | None = None

    def resets_at(self, captured_at: datetime, zone: tzinfo) -> tuple[datetime | None, bool]:
        """The moment of the reset, and whether it shows that the pane is stale."""
        if self.resets is None:
            return None, False
        if isinstance(self.resets, timedelta):
            return captured_at + self.resets, False
        if isinstance(self.resets, datetime):
            return self.resets, self.resets <= captured_at
        return resolve(self.resets, captured_at, self.window_minutes, zone)


class Pane(msgspec.Struct, frozen=True):
    """The values of one pane.

    context_used, context_limit: tokens
    account: the raw e-mail or name, to be hashed and never stored
    requests: GLM's cumulative count of requests
    amounts: money or credits, of a meter or beside the meters
    errors: short words, `word` or `word:meter`, unique, in the order of discovery
    """

    meters: tuple[Reading, ...] = ()
    context_used: int | None = None
    context_limit: int | None = None
    plan: str | None = None
    account: str | None = None
    requests: int | None = None
    amounts: tuple[Amount, ...] = ()
    errors: tuple[str, ...] = ()


class Errors:
    """Collects error words: unique, in order of discovery."""

    def __init__(self) -> None:
        self._words: dict[str, None] = {}

    def add(self, word: str, meter: str | None = None) -> None:
        """Adds `word`, or `word:meter` if it concerns one meter."""
        self._words[f"{word}:{meter}" if meter else word] = None

    def words(self) -> tuple[str, ...]:
        """The words added so far."""
        return tuple(self._words)
