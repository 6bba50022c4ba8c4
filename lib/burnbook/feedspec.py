"""What a file under config/feeds/ may say: types and defaults. What is wrong is said by feedcheck.

A path names a value inside a line: `usage.input_tokens`. A key that has a dot is quoted, as in
TOML: `attributes."gen_ai.request.model"`.
"""

import re
from typing import Literal

import msgspec

Path = tuple[str, ...]
Paths = str | tuple[str, ...]
Scalar = str | int | bool
# Any of these values at each of these paths.
Conditions = dict[str, tuple[Scalar, ...]]

TEXTS = ("rid", "lane", "model", "reason")
TS_KINDS = ("iso", "seconds", "milliseconds")
NO_REASON = ("ts", "rid", "model", "status", "input_tokens", "output_tokens", "latency_ms")

_STEP = re.compile(r'(?:"([^"\\\x00-\x1f]+)"|([^."\\\x00-\x1f]+))(\.|\Z)')


class Fields(msgspec.Struct, frozen=True):
    """Where each canonical field is: a path, or several of which the first that is there counts.

    None: under its own name. An empty list: these lines do not have it.
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


NAMES: tuple[str, ...] = Fields.__struct_fields__


class Times(msgspec.Struct, frozen=True):
    """How `ts` may be written."""

    kinds: tuple[str, ...] = TS_KINDS


class Requests(msgspec.Struct, frozen=True, rename={"never": "not"}):
    """Which lines are requests: those that meet every `only` and no `not`."""

    only: Conditions = {}
    never: Conditions = {}


class Errors(msgspec.Struct, frozen=True):
    """Lines that meet any of `any` are errors; they may lack these fields; `kind` says which."""

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
    map: str | None = None
    lanes: tuple[str, ...] = ()
    required: tuple[str, ...] = NO_REASON
    healthy: tuple[str, ...] = ("2xx", "ok", "success", "routed", "cached")
    unhealthy: tuple[str, ...] = ("error", "failed", "failure", "timeout", "cancelled")
    keep: tuple[str, ...] = ()
    identity: tuple[str, ...] = NAMES
    feature: Paths = "rid"
    fields: Fields = Fields()
    ts: Times = Times()
    requests: Requests = Requests()
    errors: Errors = Errors()
    routed: Routed = Routed()

    def paths(self, name: str) -> tuple[Path, ...]:
        """The paths of a canonical field, in the order in which they are tried."""
        said: Paths | None = getattr(self.fields, name)
        return ((name,),) if said is None else tuple(split(path) for path in several(said))


TABLES: dict[str, type[msgspec.Struct]] = {
    **{"fields": Fields, "ts": Times, "requests": Requests, "errors": Errors, "routed": Routed},
}


def several(paths: Paths) -> tuple[str, ...]:
    """One path or several, as several."""
    return (paths,) if isinstance(paths, str) else paths


def split(path: str) -> Path:
    """The keys of a path. Raises ValueError where it is none."""
    keys, at = [], 0
    while match := _STEP.match(path, at):
        keys.append(match[1] or match[2])
        at = match.end()
        if not match[3]:
            return tuple(keys)
    raise ValueError(path)
