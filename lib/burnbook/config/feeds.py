"""The types and defaults of a file under config/feeds/; `faults` finds mistakes in one.

A path names a value inside a line: `usage.input_tokens`. A key that has a dot is quoted, as in
TOML: `attributes."gen_ai.request.model"`.
"""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from burnbook.base.json_path import Path, Paths, several, split
from burnbook.jq_map import words

Scalar = str | int | bool
# Any of these values at each of these paths.
Conditions = dict[str, tuple[Scalar, ...]]

TEXTS = ("rid", "lane", "model", "reason")
TS_KINDS = ("iso", "seconds", "milliseconds")
NO_REASON = ("ts", "rid", "model", "status", "input_tokens", "output_tokens", "latency_ms")


class Fields(msgspec.Struct, frozen=True):
    """The path of each canonical field, or several paths, of which the first with a value counts.

    None: the field's own name. An empty list: these lines do not have the field.
    """

    ts: Paths | None = None
    rid: Paths | None = None
    lane: Paths | None = None
    model: Paths | None = None
    status: Paths | None = None
    input_tokens: Paths | None = None
    output_tokens: Paths | None = None
    reason: Paths | None = None
    latency_ms: Paths | None = None
    cached_input_tokens: Paths | None = None
    cache_write_tokens: Paths | None = None
    cache_write_1h_tokens: Paths | None = None
    usd: Paths | None = None


NAMES: tuple[str, ...] = Fields.__struct_fields__
# A line that has a cost or more details later is not another request.
IDENTITY = NAMES[: NAMES.index("cache_write_1h_tokens")]


class Times(msgspec.Struct, frozen=True):
    """The forms of `ts`."""

    kinds: tuple[str, ...] = TS_KINDS


class Requests(msgspec.Struct, frozen=True, rename={"never": "not"}):
    """Which lines are requests: those that meet every `only` and no `not`."""

    only: Conditions = {}
    never: Conditions = {}


class Errors(msgspec.Struct, frozen=True):
    """Lines that meet any of `any` are errors; they may lack these fields. `kind` is a path."""

    any: Conditions = {}
    may_lack: tuple[str, ...] = ("input_tokens", "output_tokens", "latency_ms")
    kind: str | None = None


class Routed(msgspec.Struct, frozen=True):
    """A request is routed by its lane or by its model's name (shell patterns, any case)."""

    lanes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


class Feed(msgspec.Struct, frozen=True):
    """One feed, as its file declares it."""

    title: str = ""
    journal: Literal["proxy_telemetry"] = "proxy_telemetry"
    file: str | None = None
    format: Literal["lines", "otlp", "export"] = "lines"
    map: str | None = None
    lanes: tuple[str, ...] = ()
    required: tuple[str, ...] = NO_REASON
    healthy: tuple[str, ...] = ("2xx", "ok", "success", "routed", "cached")
    unhealthy: tuple[str, ...] = ("error", "failed", "failure", "timeout", "cancelled")
    keep: tuple[str, ...] = ()
    identity: tuple[str, ...] = IDENTITY
    feature: Paths = "rid"
    fields: Fields = Fields()
    ts: Times = Times()
    requests: Requests = Requests()
    errors: Errors = Errors()
    routed: Routed = Routed()

    def paths(self, name: str) -> tuple[Path, ...]:
        """The paths of a canonical field, in the order in which they are tried."""
        declared: Paths | None = getattr(self.fields, name)
        return ((name,),) if declared is None else tuple(split(path) for path in several(declared))


TABLES: dict[str, type[msgspec.Struct]] = {
    **{"fields": Fields, "ts": Times, "requests": Requests, "errors": Errors, "routed": Routed},
}

# The key, its value, and what would be valid.
Fault = tuple[str, object, str]

_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
)
_STATUS = re.compile(r"[1-5]xx|[A-Za-z][\w -]{0,63}|[0-9]{1,3}", re.ASCII)


def faults(feed: Feed) -> Iterator[Fault]:
    """Each mistake; none means that the feed can be compiled."""
    yield from _word_faults(feed)
    for pattern in feed.routed.models:
        if not pattern or pattern.count("[") > pattern.count("]"):
            yield "routed.models", pattern, "a shell pattern such as glm-*"
    if feed.map is not None:
        if feed.fields != Fields():
            yield "fields", feed.map, "nothing beside a map, which gives canonical names"
        yield from _map_faults(feed.map)
    yield from _path_faults(feed)


def _map_faults(program: str) -> Iterator[Fault]:
    word = words.forbidden(program)
    if word is not None:
        yield "map", word, f"a jq program without {', '.join(words.FORBIDDEN)} and NUL"
        return
    from burnbook.jq_map import (
        program as _feeds_map,  # starts a process, for which only a feed with a map pays
    )

    try:
        _feeds_map.check(program)
    except ValueError as error:
        yield "map", program, f"a jq program ({' '.join(str(error).split())[:200]})"


def _word_faults(feed: Feed) -> Iterator[Fault]:
    lists: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
        ("required", feed.required, NAMES),
        ("identity", feed.identity, NAMES),
        ("ts.kinds", feed.ts.kinds, TS_KINDS),
        ("errors.may_lack", feed.errors.may_lack, NAMES),
    ]
    if feed.lanes:
        lists.append(("routed.lanes", feed.routed.lanes, feed.lanes))
    for key, declared, valid in lists:
        for word in declared:
            if word not in valid:
                yield key, word, ", ".join(valid)
    for key, declared in (("identity", feed.identity), ("ts.kinds", feed.ts.kinds)):
        if not declared:
            yield key, list(declared), "at least one"
    for key, declared in (("healthy", feed.healthy), ("unhealthy", feed.unhealthy)):
        for word in declared:
            if not _STATUS.fullmatch(word):
                yield key, word, "a word, a status such as 404, or a class such as 2xx"
    for word in set(feed.healthy) & set(feed.unhealthy):
        yield "unhealthy", word, "what is not in healthy"


def _path_faults(feed: Feed) -> Iterator[Fault]:
    declared: list[tuple[str, str]] = []
    for name in NAMES:
        paths: Paths | None = getattr(feed.fields, name)
        declared += [(f"fields.{name}", path) for path in several(() if paths is None else paths)]
    declared += [("keep", path) for path in feed.keep]
    declared += [("feature", path) for path in several(feed.feature)]
    declared += [("requests.only", path) for path in feed.requests.only]
    declared += [("requests.not", path) for path in feed.requests.never]
    declared += [("errors.any", path) for path in feed.errors.any]
    declared += [("errors.kind", path) for path in [feed.errors.kind] if path is not None]
    owners: dict[Path, str] = {
        (name,): name for name in NAMES if getattr(feed.fields, name) is None
    }
    for key, text in declared:
        try:
            path = split(text)
        except ValueError:
            yield key, text, 'a path such as usage.input_tokens or attributes."gen_ai.system"'
            continue
        if key == "feature" and text in NAMES and text not in TEXTS:
            yield key, text, f"a path, or one of {', '.join(TEXTS)}"
        name = key.removeprefix("fields.")
        owner = owners.setdefault(path, name)
        if key.startswith("fields.") and owner != name and _kind(owner) != _kind(name):
            yield key, text, f"a path that is not {owner} already"
    for path in owners:
        for end in range(1, len(path)):
            if path[:end] in owners:
                yield owners[path], ".".join(path), f"no path inside {'.'.join(path[:end])}"


def _kind(name: str) -> str:
    return "text" if name in TEXTS else "count" if name in _COUNTS else name
