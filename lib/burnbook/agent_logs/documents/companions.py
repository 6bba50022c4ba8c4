"""Values of a log's requests that are in documents beside it, by the time of their items."""

import os
import stat
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from burnbook.agent_logs.documents.raw import DOCUMENT, items_of, value_of
from burnbook.base.errors import Refused
from burnbook.base.json_path import several, split, value_at
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agent_logs.documents import Companion
from burnbook.jsonl.timestamps import Moments

_LINES = 1 << 20  # bytes at the beginning of JSON lines
_LONGEST = 1024  # bytes of a value between two texts
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Values(NamedTuple):
    """The values of one name, in the order of their times, which are empty for one value."""

    name: str
    times: list[datetime]
    values: list[str]
    holds: str

    def at(self, ts: datetime) -> str:
        """The value that holds at a time; before the first one, or after the last, that one."""
        if not self.times:
            return self.values[0]
        if self.holds == "until":
            return self.values[min(bisect_left(self.times, ts), len(self.values) - 1)]
        return self.values[max(bisect_right(self.times, ts) - 1, 0)]


def read(feed: LogFeed, log: str) -> list[Values]:
    """The values in the companions of a log; files that are missing or no JSON have none."""
    values, folder = [], os.path.dirname(log)
    for companion in feed.companions.values():
        name = companion.file.replace("{name}", os.path.basename(log).partition(".")[0])
        name = name.replace("{folder}", os.path.basename(folder))
        items = [*_items(companion, os.path.join(folder, name))]
        moments = Moments(feed.ts.kinds)
        for value_name in dict.fromkeys((*companion.values, *companion.between)):
            found = _values(companion, value_name, items, moments)
            if found is not None:
                values.append(found)
    return values


def _items(companion: Companion, path: str) -> Iterator[tuple[msgspec.Raw, Any]]:
    """The items of a companion that are objects, as JSON and decoded."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_size > DOCUMENT:
                return
            is_lines = path.endswith(".jsonl")
            data = file.read(_LINES if is_lines else DOCUMENT)
    except OSError:
        return
    if is_lines:
        raws = [msgspec.Raw(line) for line in data.splitlines()]
    else:
        try:
            value = value_of(data, split(companion.items) if companion.items else ())
        except _NOT_JSON:
            return
        items = None if value is None else items_of(value)
        raws = items if items is not None else [value] if value is not None else []
    only = [(split(path), values) for path, values in companion.only.items()]
    for raw in raws:
        try:
            item = msgspec.json.decode(raw)
        except _NOT_JSON:
            continue
        if isinstance(item, dict) and all(value_at(item, at) in values for at, values in only):
            yield raw, item


def _values(
    companion: Companion, name: Any, items: list[tuple[msgspec.Raw, Any]], moments: Moments
) -> Values | None:
    timed: list[tuple[datetime, str]] = []
    untimed: set[str] = set()
    for raw, item in items:
        value = _value(companion, name, raw, item)
        if value is None:
            continue
        ts = value_at(item, split(companion.ts)) if companion.ts else None
        try:
            timed.append((moments.read(ts if isinstance(ts, str | int | float) else ""), value))
        except Refused:
            untimed.add(value)
    if timed:
        timed.sort(key=lambda pair: pair[0])
        times, values = [pair[0] for pair in timed], [pair[1] for pair in timed]
        return Values(name, times, values, companion.holds)
    # Without times, it is unknown which of several values applies.
    return Values(name, [], [*untimed], companion.holds) if len(untimed) == 1 else None


def _value(companion: Companion, name: Any, raw: msgspec.Raw, item: Any) -> str | None:
    for path in several(companion.values.get(name, ())):
        value = value_at(item, split(path))
        if isinstance(value, str) and value:
            return value
    if name not in companion.between:
        return None
    # In the JSON itself: the texts of a message may be anywhere in it, and long.
    before, after = (msgspec.json.encode(text)[1:-1] for text in companion.between[name])
    data = bytes(raw)
    start = data.rfind(before)
    start += len(before)
    end = data.find(after, start, start + _LONGEST) if start >= len(before) else -1
    if end <= start:
        return None
    try:
        return msgspec.json.decode(b'"%b"' % data[start:end], type=str)
    except _NOT_JSON:
        return None
