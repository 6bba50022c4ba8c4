"""Turns an object into an event. This path defines a feed; `fast_path.py` gives the same events."""

from collections.abc import Hashable
from typing import Any, TypeVar

import msgspec

from burnbook.base.errors import Refused
from burnbook.config.feeds import Feed
from burnbook.jsonl.text import CACHED, CACHED_TEXT, clean, untouched
from burnbook.jsonl.timestamps import Moments
from burnbook.telemetry.feeds.classify import Sides, Statuses
from burnbook.telemetry.feeds.columns import RID, Columns
from burnbook.telemetry.feeds.event import Event, Extra

# The columns of lane, model, status and reason, which most rows share with others.
Key = tuple[str | None, str | None, int | str | None, str | None, bool]
Side = tuple[str | None, str | None, int | str | None, str | None, bool, bool]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def remember(cache: dict[K, V], key: K, value: V) -> V:
    """Adds a value to a cache of bounded size, and returns it."""
    if len(cache) >= CACHED:
        cache.clear()
    cache[key] = value
    return value


class Reader:
    """Reads objects as one feed declares them."""

    def __init__(self, feed: Feed) -> None:
        self._at = Columns(feed)
        self._moments = Moments(feed.ts.kinds)
        self._statuses = Statuses(feed)
        self._routed = Sides(feed)
        self._sides: dict[Key, Side] = {}
        self._words: dict[str, str] = {}

    def read(self, value: Any) -> Event | None:
        """Returns the event of an object; None if it is not a request. Raises Refused."""
        at = self._at
        if type(value) is not dict:
            raise Refused("not a JSON object")
        try:
            line = msgspec.convert(value, at.line)
        except msgspec.ValidationError as error:
            if at.ignorable(value):
                return None
            raise Refused(_reason(error)) from None
        row = at.columns(line)
        if at.never.any(row) or not at.only.all(row):
            return None
        failed = at.errors.any(row)
        for name, _ in at.others:
            if row[name] is None:
                row = at.filled(row)
                break
        if None in at.needed(row):
            self._missing(row, failed)
        ts, rid, lane, model, status, sent, received, reason, latency = row[:9]
        cached, written, hour, usd = row[9:13]
        key = (lane, model, status, reason, failed)
        lane, model, status, reason, routed, ok = self._sides.get(key) or self._side(key)
        if rid is not None and not untouched(rid):
            rid = clean(rid, "rid")
        feature = self._feature(row) if at.features else None
        moment = self._moments.read(ts)
        extra = self._extra(row, failed) if at.kept or failed else None
        # Positional, in the order of Event's fields: by name it takes twice as long.
        first = (moment, rid, lane, model, status, sent, received, reason, latency)
        return Event(*first, cached, written, hour, usd, routed, ok, feature, extra)

    def _feature(self, row: tuple[Any, ...]) -> str | None:
        # Null means the rid, so that most rows need not repeat it.
        for at in self._at.features:
            feature = row[at]
            if type(feature) is str:
                return None if at == RID else self._word("feature", feature)
            if feature is not None:
                raise Refused("the feature is no text")
        return ""

    def _missing(self, row: tuple[Any, ...], failed: bool) -> None:
        for name, value in zip(self._at.required, self._at.needed(row), strict=False):
            if value is None and not (failed and name in self._at.lenient):
                raise Refused(f"no {name}")

    def _side(self, key: Key) -> Side:
        lane, model, status, reason, failed = key
        routed = self._routed.read(lane, model)
        status, ok = self._statuses.read(status, failed)
        lane, model, reason = (
            None if text is None else clean(text, name)
            for name, text in (("lane", lane), ("model", model), ("reason", reason))
        )
        if isinstance(status, str):
            status = clean(status, "status")
        side = (lane, model, status, reason, routed, ok)
        long = sum(len(part) for part in key[:4] if isinstance(part, str)) > CACHED_TEXT
        return side if long else remember(self._sides, key, side)

    def _word(self, name: str, text: str) -> str:
        if len(text) > CACHED_TEXT:
            return clean(text, name)
        known = self._words.get(text)
        return remember(self._words, text, clean(text, name)) if known is None else known

    def _extra(self, row: tuple[Any, ...], failed: bool) -> Extra | None:
        extra: Extra = {}
        for name, at in self._at.kept:
            value = row[at]
            if type(value) is str:
                value = self._words.get(value) or self._word(name, value)
            if value is not None:
                extra[name] = value
        kind = row[self._at.kind] if failed and self._at.kind is not None else None
        if kind is not None:
            extra["err_type"] = self._word("err_type", kind) if type(kind) is str else kind
        return extra or None


def _reason(error: msgspec.ValidationError) -> str:
    fact, _, path = str(error).replace("`", "").partition(" - at $.")
    return f"{path}: {fact[:1].lower()}{fact[1:]}" if path else fact
