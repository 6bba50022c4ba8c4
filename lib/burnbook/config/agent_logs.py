"""What a file under config/feeds/ may say when its journal is `agent_usage`: types and defaults.

What is wrong with one beyond its types is said by `faults`. Paths and conditions are written as in
the feeds of telemetry.
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
    """Where each value is: a path, or several of which the first that is there counts.

    `cache_write_tokens` is the sum of the two that follow it, where a log has no more than that.
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
    """Lines that say what holds for the requests behind them. `first`: only the first in a file."""

    only: Conditions = {}
    first: bool = False
    session: Paths = ()
    project: Paths = ()
    branch: Paths = ()
    model: Paths = ()
    parent: Paths = ()
    is_subagent: Paths = ()


class Better(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that tell a request by itself, beside a series that tells the sums."""

    only: Conditions = {}
    identity: tuple[str, ...] = ()
    fields: Fields = Fields()


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
    meters: str | None = None


TABLES: dict[str, type[msgspec.Struct]] = {"fields": Fields, "ts": Times, "requests": Requests}


def paths(said: Paths) -> tuple[Path, ...]:
    """The paths of a field, in the order in which they are tried."""
    return tuple(split(path) for path in several(said))


def faults(feed: LogFeed) -> Iterator[Fault]:
    """Each mistake; none means that the feed can be compiled."""
    if not feed.files:
        yield "files", list(feed.files), "at least one pattern, such as sessions/**/*.jsonl"
    for pattern in feed.files:
        if pattern.startswith("/") or ".." in pattern.split("/") or not pattern:
            yield "files", pattern, "a pattern below the roots, such as sessions/**/*.jsonl"
    if not feed.roots:
        yield "roots", list(feed.roots), "at least one folder, such as ~/.claude"
    for root in feed.roots:
        if not root.startswith(("~/", "/")):
            yield "roots", root, "a folder that begins with ~/ or /"
    for needle in feed.contains:
        if not needle or "\n" in needle:
            yield "contains", needle, "text that stands in a line"
    for begins in feed.skips:
        if not begins.startswith("{") or "\n" in begins:
            yield "skips", begins, 'how a line begins, such as {"timestamp":"*","type":"message"'
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
    if feed.better is not None and feed.counts != "totals":
        yield "better", "a table", 'only with counts = "totals"'
    yield from _path_faults(feed)


def _path_faults(feed: LogFeed) -> Iterator[Fault]:
    said = [("identity", path) for path in feed.identity]
    said += [("items", feed.items)] if feed.items else []
    said += [("meters", feed.meters)] if feed.meters else []
    said += [("requests.only", path) for path in feed.requests.only]
    said += [("requests.not", path) for path in feed.requests.never]
    said += [(f"fields.{name}", path) for name, path in _fields(feed.fields)]
    for key, setting in feed.settings.items():
        said += [(f"settings.{key}.only", path) for path in setting.only]
        said += [(f"settings.{key}.{name}", path) for name, path in _fields(setting)]
    if feed.better is not None:
        said += [("better.only", path) for path in feed.better.only]
        said += [("better.identity", path) for path in feed.better.identity]
        said += [(f"better.fields.{name}", path) for name, path in _fields(feed.better.fields)]
    found: dict[Path, str] = {}
    for key, text in said:
        try:
            found.setdefault(split(text), key)
        except ValueError:
            yield key, text, 'a path such as message.usage.input_tokens or a."b.c"'
    for path, key in found.items():
        for end in range(1, len(path)):
            if path[:end] in found:
                yield key, ".".join(path), f"no path inside {'.'.join(path[:end])}"


def _fields(table: Fields | Setting) -> Iterator[tuple[str, str]]:
    for name in table.__struct_fields__:
        value = getattr(table, name)
        if name not in ("only", "first"):
            yield from ((name, path) for path in several(value))
