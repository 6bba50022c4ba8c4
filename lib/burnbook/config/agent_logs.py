"""The types and defaults of a file under config/feeds/ whose journal is `agent_usage`.

`faults` finds mistakes that the types do not. Paths and conditions are written as in the feeds of
telemetry.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from burnbook.base.json_path import Path, Paths, several, split
from burnbook.config.feeds import TS_KINDS, Conditions, Times

Fault = tuple[str, object, str]

TEXTS = ("session", "project", "branch", "model", "request_id", "parent")
COUNTS = (
    *("input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_5m_tokens"),
    *("cache_write_1h_tokens", "output_tokens", "reasoning_tokens"),
)


class Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The path of each value, or several paths, of which the first with a value counts.

    `cache_write_tokens` is the sum of the next two, for logs that have only the sum.
    """

    ts: Paths = "timestamp"
    session: Paths = ()
    project: Paths = ()
    branch: Paths = ()
    model: Paths = ()
    request_id: Paths = ()
    is_subagent: Paths = ()
    usd: Paths = ()
    input_tokens: Paths = ()
    cache_read_tokens: Paths = ()
    cache_write_tokens: Paths = ()
    cache_write_5m_tokens: Paths = ()
    cache_write_1h_tokens: Paths = ()
    output_tokens: Paths = ()
    reasoning_tokens: Paths = ()


class Requests(msgspec.Struct, frozen=True, rename={"never": "not"}):
    """Which lines are requests: those that meet every `only` and no `not`."""

    only: Conditions = {}
    never: Conditions = {}


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines with values for the requests after them. `first`: only the first line in a file."""

    only: Conditions = {}
    first: bool = False
    session: Paths = ()
    project: Paths = ()
    branch: Paths = ()
    model: Paths = ()
    parent: Paths = ()
    is_subagent: Paths = ()


class Better(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines with single requests, in logs whose other lines have sums."""

    only: Conditions = {}
    identity: tuple[str, ...] = ()
    fields: Fields = Fields()


class History(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to recognize the copy of its parent's lines with which the file of a fork begins.

    `only`: lines that describe a session, with its id and the time when it started. The first is
    that of the file's own session, the others were copied. `forked_from`: such a session's file
    begins with a copy. `base`: it does not, because the file only refers to its parent's.
    `turn` and `turn_started` are in lines that start a turn.
    """

    only: Conditions = {}
    session: Paths = ()
    started: Paths = ()
    forked_from: Paths = ()
    base: Paths = ()
    turn: Paths = ()
    turn_started: Paths = ()


class LogFeed(msgspec.Struct, frozen=True):
    """One feed of an agent's own logs, as its file declares it."""

    journal: Literal["agent_usage"]
    title: str = ""
    environment: str | None = None
    roots: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    format: Literal["lines", "document"] = "lines"
    items: str | None = None
    contains: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()
    counts: Literal["requests", "totals"] = "requests"
    input_with_cache: bool = False
    output_with_reasoning: bool = True
    identity: tuple[str, ...] = ()
    fields: Fields = Fields()
    ts: Times = Times()
    requests: Requests = Requests()
    settings: dict[str, Setting] = {}
    better: Better | None = None
    history: History | None = None
    last: str | None = None
    meters: str | None = None


TABLES: dict[str, type[msgspec.Struct]] = {"fields": Fields, "ts": Times, "requests": Requests}


def paths(declared: Paths) -> tuple[Path, ...]:
    """The paths of a field, in the order in which they are tried."""
    return tuple(split(path) for path in several(declared))


def faults(feed: LogFeed) -> Iterator[Fault]:
    """Each mistake; none means that the feed can be compiled."""
    if not feed.files:
        yield "files", list(feed.files), "at least one pattern, such as sessions/**/*.jsonl"
    for pattern in feed.files:
        if pattern.startswith("/") or ".." in pattern.split("/") or not pattern:
            yield "files", pattern, "a pattern below the roots, such as sessions/**/*.jsonl"
    if not feed.roots:
        yield "roots", list(feed.roots), "at least one directory, such as ~/.claude"
    for root in feed.roots:
        if not root.startswith(("~/", "/")):
            yield "roots", root, "a directory that begins with ~/ or /"
    for needle in feed.contains:
        if not needle or "\n" in needle:
            yield "contains", needle, "text of a line"
    for begins in feed.skips:
        if not begins.startswith("{") or "\n" in begins:
            yield (
                "skips",
                begins,
                'the beginning of a line, such as {"timestamp":"*","type":"message"',
            )
    if feed.skips and feed.format != "lines":
        yield "skips", list(feed.skips), 'only with format = "lines"'
    for word in feed.ts.kinds:
        if word not in TS_KINDS:
            yield "ts.kinds", word, ", ".join(TS_KINDS)
    if not any(getattr(feed.fields, name) for name in COUNTS):
        yield "fields", "no counts", f"a path for at least one of {', '.join(COUNTS)}"
    if feed.items is not None and feed.format != "document":
        yield "items", feed.items, 'only with format = "document"'
    if feed.meters is not None and feed.format != "lines":
        yield "meters", feed.meters, 'only with format = "lines"'
    for key in ("better", "history", "last"):
        if getattr(feed, key) is not None and feed.counts != "totals":
            yield key, "a value", 'only with counts = "totals"'
    yield from _path_faults(feed)


def _path_faults(feed: LogFeed) -> Iterator[Fault]:
    declared = [("identity", path) for path in feed.identity]
    declared += [("items", feed.items)] if feed.items else []
    declared += [("meters", feed.meters)] if feed.meters else []
    declared += [("last", feed.last)] if feed.last else []
    declared += [("requests.only", path) for path in feed.requests.only]
    declared += [("requests.not", path) for path in feed.requests.never]
    declared += [(f"fields.{name}", path) for name, path in _fields(feed.fields)]
    for key, setting in feed.settings.items():
        declared += [(f"settings.{key}.only", path) for path in setting.only]
        declared += [(f"settings.{key}.{name}", path) for name, path in _fields(setting)]
    if feed.better is not None:
        declared += [("better.only", path) for path in feed.better.only]
        declared += [("better.identity", path) for path in feed.better.identity]
        declared += [(f"better.fields.{name}", path) for name, path in _fields(feed.better.fields)]
    if feed.history is not None:
        declared += [("history.only", path) for path in feed.history.only]
        declared += [(f"history.{name}", path) for name, path in _fields(feed.history)]
    keys: dict[Path, str] = {}
    for key, text in declared:
        try:
            keys.setdefault(split(text), key)
        except ValueError:
            yield key, text, 'a path such as message.usage.input_tokens or a."b.c"'
    for path, key in keys.items():
        for end in range(1, len(path)):
            if path[:end] in keys:
                yield key, ".".join(path), f"no path inside {'.'.join(path[:end])}"


def _fields(table: Fields | Setting | History) -> Iterator[tuple[str, str]]:
    for name in table.__struct_fields__:
        value = getattr(table, name)
        if name not in ("only", "first"):
            yield from ((name, path) for path in several(value))
