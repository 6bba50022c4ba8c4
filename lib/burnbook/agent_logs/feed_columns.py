"""The columns of a feed's values in the rows of its lines, and the struct type of these lines."""

import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from burnbook.agent_logs import feed_sums
from burnbook.agent_logs.calls.kinds import CallKind, compile_calls
from burnbook.agent_logs.field_columns import FieldColumns
from burnbook.base.errors import Refused
from burnbook.base.json_path import split
from burnbook.config.agent_logs import (
    COUNTS,
    FACTS,
    NTH,
    TEXTS,
    Fields,
    LogFeed,
    Parts,
    Patterns,
    Setting,
    paths,
)
from burnbook.config.agent_logs.history import History
from burnbook.config.feeds import Conditions as Declared
from burnbook.jsonl.conditions import Conditions, compile_conditions
from burnbook.jsonl.fields import Getter, Shape
from burnbook.rows.meters import Count, Text

Row = tuple[Any, ...]
Pattern = Callable[[str], bool]
ANY = Text | int | float | bool
NUMBER_OR_TEXT = str | int | float
_KINDS: dict[str, Any] = {
    **dict.fromkeys(COUNTS, Count),
    **dict.fromkeys(TEXTS, Text),
    # A line counts whatever is in the place of these.
    **dict.fromkeys((*FACTS, "upstream_id", "web_searches", "total_tokens"), Any),
    "is_subagent": bool | Text,
    "usd": float,
    **dict.fromkeys(("started", "forked_from"), Text),
    **dict.fromkeys(("base", "turn", "turn_started"), Any),
}
# Where the fields of `Fields` are in what `FieldColumns.pick` returns.
PICKED = {name: n for n, name in enumerate(Fields.__struct_fields__)}
COUNTED = slice(PICKED["input_tokens"], PICKED["reasoning_tokens"] + 1)

_STREAM = ("session", "project", "branch", "model", "is_subagent", *FACTS, "model_alias")
_AMOUNTS = (*COUNTS, "web_searches", "total_tokens")


class LineKind(NamedTuple):
    """Lines of one kind: their conditions and fields. `first_only`: the first line of a file.

    Lines with the same values of `stream` are of one request; `amounts` are what it used, both from
    the columns of that name. `ts` is the first column of the time.
    """

    only: Conditions
    fields: FieldColumns
    identity: "IdentityColumns" = ()
    first_only: bool = False
    stream: Callable[[Row], tuple[Any, ...]] = tuple
    amounts: Callable[[Row], tuple[Any, ...]] = tuple
    ts: int = -1
    stream_columns: Sequence[int] = ()
    amounts_columns: Sequence[int] = ()


# The column of each value of an identity, or its name in `config.agent_logs.VALUES`.
IdentityColumns = tuple[int | str, ...]


class Identities(NamedTuple):
    """Further ways to recognize a request, see `LogFeed`; `only` are columns and their patterns."""

    fallback: list[tuple[str, IdentityColumns]]
    copies: list[tuple[str, IdentityColumns]]
    copies_only: list[tuple[int, Pattern]]
    served_by: list[tuple[str, int, tuple[str, ...]]]


class PartKind(NamedTuple):
    """The items of a list inside a line."""

    column: int
    own: Conditions
    only: Conditions
    fields: FieldColumns
    rows: Callable[[Any], list[Row]]


class Compiled(NamedTuple):
    """A feed, and the struct type of its lines."""

    requests: LineKind
    never: Conditions
    settings: list[LineKind]
    better: LineKind | None
    history: LineKind | None
    identities: Identities
    parts: PartKind | None
    line: Any  # the struct type
    get: Getter
    meters: int | None
    items: int | None
    kinds: list[LineKind]
    readings: LineKind | None
    deleted: Conditions
    last: tuple[int, list[str]]
    calls: CallKind | None
    calls_at: int


def compile_feed(feed: LogFeed, ts: Any, raw: Any = msgspec.Raw) -> Compiled:
    """Compile a feed; `ts` is the type of times, `raw` that of values that are decoded later."""
    shape = Shape(lenient=True)

    def requests_of(table: Fields, declared: Declared, names: Sequence[str]) -> LineKind:
        only = compile_conditions(shape, declared, ANY)
        fields = fields_of(shape, table, ts)
        identity = _identity(shape, names)
        used = [*fields.of(_AMOUNTS), *([] if items is None else [items]), *fields.of(["usd"])]
        stream = [*own_columns(identity), *fields.of(_STREAM)]
        times = (*fields.of(["ts"]), -1)
        getters = _getter(stream), _getter(used)
        return LineKind(only, fields, identity, False, *getters, times[0], stream, used)

    def setting_of(table: Setting | History) -> LineKind:
        is_first = isinstance(table, Setting) and table.first
        only = compile_conditions(shape, table.only, ANY)
        return LineKind(only, fields_of(shape, table, ts), first_only=is_first)

    feed_sums.prepare(shape, feed)
    items = shape.column(split(feed.parts.items), raw) if feed.parts else None
    requests = requests_of(feed.fields, feed.requests.only, feed.identity)
    never = compile_conditions(shape, feed.requests.never, ANY)
    settings = [setting_of(table) for table in feed.settings.values()]
    further = [feed.better] if feed.better else []
    further += feed.kinds.values()
    others = [requests_of(kind.fields, kind.only, kind.identity) for kind in further]
    better = others.pop(0) if feed.better else None
    history = setting_of(feed.history) if feed.history else None
    identities = _identities(shape, feed)
    parts = None if feed.parts is None or items is None else _parts(feed.parts, items)
    column = shape.column(split(feed.meters), raw) if feed.meters else None
    last = feed_sums.last_usage(shape, feed)
    calls = compile_calls(shape, feed.calls)
    inside = shape.column(split(feed.items), raw) if feed.items and feed.format == "lines" else None
    deleted = compile_conditions(shape, feed.deleted, ANY)
    readings = None
    if feed.readings is not None:
        only = compile_conditions(shape, feed.readings.only, ANY)
        names = tuple(shape.shared(split(path), ANY) for path in feed.readings.identity)
        readings = LineKind(only, requests.fields, names)
    built = (requests, never, settings, better, history, identities, parts, *shape.build())
    return Compiled(*built, column, inside, others, readings, deleted, last, *calls)


def _identity(shape: Shape, names: Sequence[str]) -> IdentityColumns:
    return tuple(n if n.startswith("@") else shape.shared(split(n), ANY) for n in names)


def own_columns(identity: IdentityColumns) -> list[int]:
    """The columns of an identity, without the values of `config.agent_logs.VALUES`."""
    return [column for column in identity if isinstance(column, int)]


def _getter(columns: list[int]) -> Callable[[Row], tuple[Any, ...]]:
    return itemgetter(*columns, -1, -1)  # a tuple only for two or more; these are null


def fields_of(shape: Shape, table: Fields | Setting | History, ts: Any) -> FieldColumns:
    """The columns of a table's fields, which are added to a shape."""
    kinds = {**_KINDS, "ts": ts}
    names = [name for name in table.__struct_fields__ if name in kinds]
    return FieldColumns(
        {
            name: tuple(
                tuple(shape.shared(path, kinds[name]) for path in added)
                for added in paths(getattr(table, name))
            )
            for name in names
        }
    )


def _identities(shape: Shape, feed: LogFeed) -> Identities:
    def columns(names: Sequence[str]) -> tuple[str, IdentityColumns]:
        return "+".join(names), _identity(shape, [name for name in names if name != NTH])

    def patterns(declared: Patterns) -> list[tuple[int, tuple[str, ...]]]:
        return [(shape.shared(split(path), ANY), patterns) for path, patterns in declared.items()]

    only = [(column, matcher(each)) for column, each in patterns(feed.copies_only)]
    served_by = [(name, *p) for name, table in feed.served_by.items() for p in patterns(table)]
    fallback = [columns(names) for names in feed.identity_fallback]
    copies = [columns(names) for names in feed.copies]
    return Identities(fallback, copies, only, served_by)


def matcher(patterns: Sequence[str]) -> Pattern:
    """Whether a text matches one of several shell patterns.

    Patterns such as `req_01*`, and `msg_01?*` if all have the same length, need no expression.
    """
    prefixes = tuple(pattern[:-1].rstrip("?") for pattern in patterns)
    if all(p.endswith("*") for p in patterns) and not set("".join(prefixes)) & set("*?["):
        if not any("?" in pattern for pattern in patterns):
            return lambda text: text.startswith(prefixes)
        least, *others = {len(pattern) - 1 for pattern in patterns}  # characters of a text
        if not others:
            return lambda text: len(text) >= least and text.startswith(prefixes)
    match = re.compile("|".join(map(translate, patterns))).match
    return lru_cache(256)(lambda text: match(text) is not None)


def _parts(declared: Parts, column: int) -> PartKind:
    item = Shape(lenient=True)
    own = compile_conditions(item, declared.own, ANY)
    only = compile_conditions(item, declared.only, ANY)
    fields = fields_of(item, declared.fields, NUMBER_OR_TEXT)
    kind, get = item.build()
    either = kind | str | int | float | bool | list[Any] | None
    decode = msgspec.json.Decoder(list[either]).decode  # type: ignore[valid-type]

    def rows(value: Any) -> list[Row]:
        try:
            if not isinstance(value, msgspec.Raw):
                value = value if isinstance(value, list) else []
                items = msgspec.convert(value, list[either])  # type: ignore[valid-type]
            else:
                items = decode(value) if bytes(value).startswith(b"[") else []
        except msgspec.ValidationError as error:
            raise Refused(f"{declared.items}: {reason_of(str(error))}") from None
        return [get(each) for each in items if isinstance(each, kind)]

    return PartKind(column, own, only, fields, rows)


def reason_of(error: str) -> str:
    """The reason in an error of msgspec, with the path of the value."""
    text, _, path = error.partition(" - at `$")
    name = path.rstrip("`").lstrip(".")
    return (f"{name}: " if name else "") + text[:1].lower() + text[1:]
