"""Timestamps of log lines."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec

from burnbook.base.errors import Refused
from burnbook.jsonl.text import quoted
from burnbook.times import clock

FIRST, LAST = clock.YEARS
_LOW = datetime(FIRST, 1, 1, tzinfo=UTC).timestamp()
_HIGH = datetime(LAST + 1, 1, 1, tzinfo=UTC).timestamp()
_to_datetime = partial(msgspec.convert, type=datetime)


class Moments:
    """Reads `ts`."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self._iso = "iso" in kinds
        self._seconds = "seconds" in kinds
        self._milliseconds = "milliseconds" in kinds

    def read(self, ts: str | float) -> datetime:
        """`ts` as UTC; text without an offset is UTC. Raises Refused.

        A number is in milliseconds if these are allowed and it is then 1971 or later; in seconds
        it would be after 2968.
        """
        try:
            if isinstance(ts, str):
                if self._iso:
                    return self._text(ts)
            elif self._milliseconds and ts >= _LOW * 1000:
                return self._number(ts / 1000)
            elif self._seconds:
                return self._number(ts)
        except (ValueError, OverflowError, msgspec.ValidationError):
            shown = quoted(ts) if isinstance(ts, str) else str(ts)[:32]
            raise Refused(f"ts {shown} is not a time from {FIRST} to {LAST}") from None
        raise Refused(f"ts is {'text' if isinstance(ts, str) else 'a number'}, not {self._valid()}")

    def _valid(self) -> str:
        kinds = {"ISO 8601": self._iso, "seconds": self._seconds, "ms": self._milliseconds}
        return " or ".join(name for name, is_allowed in kinds.items() if is_allowed)

    def _text(self, ts: str) -> datetime:
        try:
            moment: datetime = _to_datetime(ts)
        except msgspec.ValidationError:
            # Forms outside RFC 3339: no seconds, offsets such as +02. A date alone is not a time.
            if not ts.isascii() or len(ts) < 12 or not (set(ts) & set("Tt ")):
                raise
            moment = datetime.fromisoformat(ts)
        if not FIRST <= moment.year <= LAST:
            raise ValueError(ts)
        if moment.tzinfo is UTC:
            return moment
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if not FIRST <= moment.year <= LAST:
            raise ValueError(ts)
        return moment

    def _number(self, ts: float) -> datetime:
        if not _LOW <= ts < _HIGH:
            raise ValueError(ts)
        moment = datetime.fromtimestamp(ts, UTC)
        if moment.year > LAST:  # rounded up
            raise ValueError(ts)
        return moment
