"""The types and defaults of a file under config/feeds/ whose journal is `agent_usage`.

`faults` finds mistakes that the types do not. Paths and conditions are those of telemetry feeds.
"""

import re
from typing import ClassVar, Literal

import msgspec

from burnbook.base.json_path import Path, Paths, several, split, summands
from burnbook.config.agent_logs.calls import CallLines, Calls
from burnbook.config.agent_logs.documents import Companion, Join
from burnbook.config.agent_logs.forms import Database, Listed, Readings
from burnbook.config.agent_logs.history import History
from burnbook.config.agent_logs.lookups import Aliases, Projects
from burnbook.config.agent_logs.retention import Retention
from burnbook.config.feeds import Conditions, Requests, Times

FACTS = ("speed", "service_tier", "inference_geo", "served_by", "subagent", "skill")
TEXTS = (
    *("session", "project", "branch", "model", "request_id", "parent", "upstream_id"),
    *("model_alias", *FACTS),
)
COUNTS = (
    *("input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_5m_tokens"),
    *("cache_write_1h_tokens", "output_tokens", "reasoning_tokens"),
)
# Values of a line that identities may name beside paths: resolved by `fields` and `settings`.
VALUES = ("@ts", "@session", "@project", "@model", "@input", "@tokens", "@usd")
# In `copies` and `identity_fallback`: the line's number among those with the same other values.
NTH = "@nth"

# The variable with which a directory may begin, such as $XDG_DATA_HOME.
VARIABLE = re.compile(r"\$([A-Z][A-Z0-9_]*)(?=/)")

# Paths, or VALUES, that together identify a request.
Identity = tuple[str, ...]
# For each path shell patterns, of which one must match.
Patterns = dict[str, tuple[str, ...]]


class Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The path of each value, or several paths, of which the first with a value counts.

    Instead of a path, a count may have a sum of paths: `tokens.input + tokens.tool`.
    `cache_write_tokens` is the sum of the next two, if a log has it, `total_tokens` a stated total.
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
    web_searches: Paths = ()
    total_tokens: Paths = ()
    speed: Paths = ()
    service_tier: Paths = ()
    inference_geo: Paths = ()
    served_by: Paths = ()
    subagent: Paths = ()
    skill: Paths = ()
    upstream_id: Paths = ()
    model_alias: Paths = ()


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines with values for the requests after them. `first`: only the first line in a file.

    A line without a speed, tier or region ends the one before it.
    """

    only: Conditions = {}
    first: bool = False
    session: Paths = ()
    project: Paths = ()
    branch: Paths = ()
    model: Paths = ()
    parent: Paths = ()
    is_subagent: Paths = ()
    speed: Paths = ()
    service_tier: Paths = ()
    inference_geo: Paths = ()
    served_by: Paths = ()
    subagent: Paths = ()
    ts: Paths = ()


class Beside(Setting, frozen=True, forbid_unknown_fields=True):
    """A JSON document beside a log, with values for all its requests.

    `file`: its path from the folder of the log, where `*` is the log's name without its ending.
    """

    file: str = ""


class Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list inside a line: calls of which the request consists, and requests of their own.

    `own`: the request's calls, which are in its counts; the largest gives the size of its prompt.
    `only`: requests of their own, beside it. Paths are those of an item.
    """

    items: str = ""
    own: Conditions = {}
    only: Conditions = {}
    fields: Fields = Fields()


class Better(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that have each request, in logs whose other lines have sums or some of the requests."""

    only: Conditions = {}
    identity: tuple[str, ...] = ()
    fields: Fields = Fields()


class Routed(msgspec.Struct, frozen=True):
    """Requests are routed by the name of their model, as it is or reduced, or by who served them.

    Names are shell patterns, in any case.
    """

    models: tuple[str, ...] = ("glm-*",)
    served_by: tuple[str, ...] = ("zai",)


class Older(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Files of another form, in the same folders, whose requests have the same fields."""

    files: tuple[str, ...] = ()
    format: Literal["lines", "document"] = "document"
    items: str | None = None


class Also(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Further folders with files of the feed's own form, whatever `environment` names."""

    roots: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Otlp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the agent's OpenTelemetry export is read: records like lines, with own fields.

    `names`: the records with requests. `files`: patterns below the roots, if the agent writes such
    files. A null is the value of the feed.
    """

    format: ClassVar[str] = "otlp"
    items: ClassVar[None] = None

    names: tuple[str, ...] = ()
    only: Conditions = {}
    files: tuple[str, ...] = ()
    input_with_cache: bool | None = None
    output_with_reasoning: bool | None = None
    identity: Identity = ()
    identity_fallback: tuple[Identity, ...] = ()
    fields: Fields = Fields()


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What docs/agent_logs.md says about a feed; ingest does not use it."""

    since: str = ""
    identity: str = ""
    pitfalls: str = ""
    checked: str = ""


class LogFeed(msgspec.Struct, frozen=True):
    """One feed of an agent's own logs, as its file declares it."""

    journal: Literal["agent_usage"]
    title: str = ""
    about: About = About()
    retention: Retention | None = None
    advice: str | None = None
    environment: str | None = None
    roots: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    format: Literal["lines", "document", "sqlite", "csv"] = "lines"
    items: str | None = None
    embedded: tuple[str, ...] = ()
    companions: dict[str, Companion] = {}
    join: Join | None = None
    stub: str = ""
    database: Database | None = None
    also: Also | None = None
    listed: Listed | None = None
    older: Older | None = None
    otlp: Otlp | None = None
    contains: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()
    counts: Literal["requests", "totals"] = "requests"
    input_with_cache: bool | Literal["by size"] = False
    output_with_reasoning: bool = True
    identity: Identity = ()
    identity_fallback: tuple[Identity, ...] = ()
    copies: tuple[Identity, ...] = ()
    copies_only: Patterns = {}
    names: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()
    projects: Projects | None = None
    aliases: Aliases | None = None
    served_by: dict[str, Patterns] = {}
    parts: Parts | None = None
    calls: Calls | None = None
    call_lines: CallLines | None = None
    fields: Fields = Fields()
    ts: Times = Times()
    requests: Requests = Requests()
    routed: Routed = Routed()
    settings: dict[str, Setting] = {}
    better: Better | None = None
    readings: Readings | None = None
    deleted: Conditions = {}
    kinds: dict[str, Better] = {}
    history: History | None = None
    last: str | None = None
    meters: str | None = None


TABLES: dict[str, type[msgspec.Struct]] = {
    **{"fields": Fields, "ts": Times, "requests": Requests, "routed": Routed, "about": About}
}


def paths(declared: Paths) -> tuple[tuple[Path, ...], ...]:
    """The paths of a field, in the order in which they are tried: several are added."""
    return tuple(
        tuple(split(path) for path in summands(alternative)) for alternative in several(declared)
    )


def own_paths(names: Identity) -> tuple[str, ...]:
    """The paths in an identity, without the values of VALUES."""
    return tuple(name for name in names if not name.startswith("@"))
