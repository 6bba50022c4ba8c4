"""What a value means: moments, lanes, statuses, conditions. Built once for each feed."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from fnmatch import translate
from functools import partial
from typing import Any

import msgspec

from burnbook import clock
from burnbook._feeds_event import Refused
from burnbook._feeds_text import quoted
from burnbook.feedspec import Feed, Scalar

FIRST, LAST = clock.YEARS
_LOW = datetime(FIRST, 1, 1, tzinfo=UTC).timestamp()
_HIGH = datetime(LAST + 1, 1, 1, tzinfo=UTC).timestamp()
_to_datetime = partial(msgspec.convert, type=datetime)
_CLASS = re.compile(r"[1-5]xx")


class Moments:
    """Reads `ts`."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self._iso = "iso" in kinds
        self._seconds = "seconds" in kinds
        self._milliseconds = "milliseconds" in kinds

    def read(self, ts: str | float) -> datetime:
        """`ts` as UTC; text without an offset is UTC. Raises Refused.

        A number is milliseconds when these are allowed and it is 1971 or later as such: as seconds,
        that would be after 2968.
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
            raise Refused(f"ts {shown} is no time from {FIRST} to {LAST}") from None
        raise Refused(f"ts is {'text' if isinstance(ts, str) else 'a number'}, not {self._valid()}")

    def _valid(self) -> str:
        said = {"ISO 8601": self._iso, "seconds": self._seconds, "ms": self._milliseconds}
        return " or ".join(word for word, on in said.items() if on)

    def _text(self, ts: str) -> datetime:
        try:
            moment: datetime = _to_datetime(ts)
        except msgspec.ValidationError:
            # What RFC 3339 leaves out: no seconds, offsets such as +02. A date alone is no moment.
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


class Statuses:
    """Tells healthy from unhealthy."""

    def __init__(self, feed: Feed) -> None:
        self._words: dict[str | int, bool] = {}
        for said, ok in ((feed.unhealthy, False), (feed.healthy, True)):
            for word in said:
                if _CLASS.fullmatch(word):
                    start = int(word[0]) * 100
                    for status in range(start, start + 100):
                        self._words.setdefault(status, ok)
                else:
                    self._words[int(word) if word.isdecimal() else word.lower()] = ok
        self._valid = ", ".join((*feed.healthy, *feed.unhealthy))

    def read(self, status: int | str | None, failed: bool) -> tuple[int | str | None, bool]:
        """The status, a number where it is one in text, and whether it is healthy.

        An error row may have any number up to 999. Without a status, a row is healthy unless it is
        an error row. Raises Refused.
        """
        if status is None:
            return None, not failed
        if isinstance(status, str) and status.isdecimal() and status.isascii() and len(status) < 4:
            status = int(status)
        ok = self._words.get(status.lower() if isinstance(status, str) else status)
        if ok is not None:
            return status, ok and not failed
        if isinstance(status, str):
            raise Refused(f"status {quoted(status)} is not one of the feed's: {self._valid}")
        if 100 <= status <= 599 or (failed and 0 <= status <= 999):
            return status, False
        raise Refused(f"status {str(status)[:20]} is no HTTP status (100 to 599)")


class Sides:
    """Tells routed from baseline."""

    def __init__(self, feed: Feed) -> None:
        self._lanes = frozenset(feed.lanes)
        self._valid = ", ".join(feed.lanes)
        self._routed = frozenset(feed.routed.lanes)
        models = "|".join(translate(pattern.lower()) for pattern in feed.routed.models)
        self._models = re.compile(models or r"(?!)")

    def read(self, lane: str | None, model: str | None) -> bool:
        """Whether a request was routed. Raises Refused where the feed does not name the lane."""
        if lane is not None and self._lanes and lane not in self._lanes:
            raise Refused(f"lane {quoted(lane)} is not one of the feed's: {self._valid}")
        return lane in self._routed or (
            model is not None and self._models.match(model.lower()) is not None
        )


class Conditions:
    """Some paths' values, each looked at by the index of its column."""

    def __init__(self, tests: Sequence[tuple[int, Sequence[Scalar]]]) -> None:
        # With the type, since true is 1 in Python and not in JSON.
        self._tests = [(at, frozenset((type(v), v) for v in values)) for at, values in tests]

    def any(self, row: Sequence[Any]) -> bool:
        """Whether any of the values is one that was named."""
        for at, named in self._tests:
            value = row[at]
            if value is not None and (type(value), value) in named:
                return True
        return False

    def all(self, row: Sequence[Any]) -> bool:
        """Whether all of them are."""
        return not self._tests or all(
            (type(row[at]), row[at]) in named for at, named in self._tests
        )
