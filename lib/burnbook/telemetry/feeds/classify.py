"""The meaning of lanes, statuses and conditions of a feed."""

import re
from collections.abc import Sequence
from fnmatch import translate
from typing import Any

from burnbook.base.errors import Refused
from burnbook.config.feeds import Feed, Scalar
from burnbook.jsonl.text import quoted

_CLASS = re.compile(r"[1-5]xx")


class Statuses:
    """Distinguishes healthy from unhealthy statuses."""

    def __init__(self, feed: Feed) -> None:
        self._words: dict[str | int, bool] = {}
        for words, ok in ((feed.unhealthy, False), (feed.healthy, True)):
            for word in words:
                if _CLASS.fullmatch(word):
                    start = int(word[0]) * 100
                    for status in range(start, start + 100):
                        self._words.setdefault(status, ok)
                else:
                    self._words[int(word) if word.isdecimal() else word.lower()] = ok
        self._valid = ", ".join((*feed.healthy, *feed.unhealthy))

    def read(self, status: int | str | None, failed: bool) -> tuple[int | str | None, bool]:
        """Returns the status, digits as a number, and whether it is healthy.

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
    """Distinguishes routed from baseline requests."""

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
