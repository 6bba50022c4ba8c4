"""The columns of a feed's values in the rows of its lines, and the struct type of these lines."""

import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from burnbook.base.errors import Refused
from burnbook.base.json_path import split
from burnbook.config.agent_logs import (
    COUNTS,
    FACTS,
    TEXTS,
    Better,
    Fields,
    LogFeed,
    Parts,
    Patterns,
    Setting,
    paths,
)
from burnbook.jsonl.conditions import Conditions, compile_conditions
from burnbook.jsonl.fields import Shape
from burnbook.rows.meters import Count, Text

Row = tuple[Any, ...]
Pattern = Callable[[str], re.Match[str] | None]
ANY = Text | int | float | bool
NUMBER_OR_TEXT = str | int | float
_KINDS: dict[str, Any] = {
    **dict.fromkeys(COUNTS, Count),
    **dict.fromkeys(TEXTS, Text),
    # A line counts whatever is in the place of these.
    **dict.fromkeys((*FACTS, "upstream_id", "web_searches", "total_tokens"), Any),
    "is_subagent": bool | Text,
    "usd": float,
}
# Where the fields of `Fields` are in what `FieldColumns.pick` returns.
PICKED = {name: n for n, name in enumerate(Fields.__struct_fields__)}
COUNTED = slice(PICKED["input_tokens"], PICKED["reasoning_tokens"] + 1)

# For each way to read a field, in the order in which they are tried, the columns to add.
Tried = tuple[tuple[int, ...], ...]


class FieldColumns:
    """The columns of each field of a table."""

    def __init__(self, columns: dict[str, Tried]) -> None:
        self.columns = columns
        # Behind all columns there is one that is always null.
        first = (tried[0][0] if tried else -1 for tried in columns.values())
        self._first = itemgetter(*first, -1)
        self._others = [
            (n, tried)
            for n, tried in enumerate(columns.values())
            if len(tried) > 1 or any(len(added) > 1 for added in tried)
        ]

    def pick(self, row: Row) -> tuple[Any, ...]:
        """The fields in the order of the table: the first value that is not null, or None."""
        picked: tuple[Any, ...] = self._first(row)
        if self._others:
            values = list(picked)
            for n, tried in self._others:
                values[n] = next(
                    (v for v in (_sum(row, added) for added in tried) if v is not None), None
                )
            return tuple(values)
        return picked

    def others(self, row: Row, name: str) -> list[Any]:
        """The values of the other ways to read a field."""
        return [_sum(row, added) for added in self.columns[name][1:]]


def _sum(row: Row, columns: tuple[int, ...]) -> Any:
    if len(columns) == 1:
        return row[columns[0]]
    values = [row[column] for column in columns if row[column] is not None]
    return sum(values) if values else None


class LineKind(NamedTuple):
    """Lines of one kind: their conditions and fields. `first_only`: the first line of a file."""

    only: Conditions
    fields: FieldColumns
    identity: tuple[int, ...] = ()
    first_only: bool = False


# The column of each value of an identity, or its name in `config.agent_logs.VALUES`.
IdentityColumns = tuple[int | str, ...]


class Identities(NamedTuple):
    """Further ways to recognize a request, see `LogFeed`; `only` are columns and their patterns."""

    fallback: list[tuple[str, IdentityColumns]]
    copies: list[tuple[str, IdentityColumns]]
    copies_only: list[tuple[int, Pattern]]
    served_by: list[tuple[str, int, Pattern]]


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
    identities: Identities
    parts: PartKind | None
    line: Any  # the struct type
    get: Callable[[Any], Row]
    meters: int | None


def compile_feed(feed: LogFeed, ts: Any, raw: Any = msgspec.Raw) -> Compiled:
    """Compile a feed; `ts` is the type of times, `raw` that of values that are decoded later."""
    shape = Shape(lenient=True)

    def identity_of(declared: Sequence[str]) -> tuple[int, ...]:
        return tuple(shape.shared(split(path), ANY) for path in declared)

    def setting_of(table: Setting) -> LineKind:
        only = compile_conditions(shape, table.only, ANY)
        return LineKind(only, _fields_of(shape, table, ts), first_only=table.first)

    def better_of(table: Better) -> LineKind:
        only = compile_conditions(shape, table.only, ANY)
        return LineKind(only, _fields_of(shape, table.fields, ts), identity_of(table.identity))

    fields = _fields_of(shape, feed.fields, ts)
    only = compile_conditions(shape, feed.requests.only, ANY)
    requests = LineKind(only, fields, identity_of(feed.identity))
    never = compile_conditions(shape, feed.requests.never, ANY)
    settings = [setting_of(table) for table in feed.settings.values()]
    better = better_of(feed.better) if feed.better else None
    identities = _identities(shape, feed)
    parts = _parts(shape, feed.parts, raw) if feed.parts else None
    column = shape.column(split(feed.meters), raw) if feed.meters else None
    line = shape.build()
    return Compiled(requests, never, settings, better, identities, parts, *line, column)


def _fields_of(shape: Shape, table: Fields | Setting, ts: Any) -> FieldColumns:
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
        found = [n if n.startswith("@") else shape.shared(split(n), ANY) for n in names]
        return "+".join(names), tuple(found)

    def patterns(declared: Patterns) -> list[tuple[int, Pattern]]:
        return [(shape.shared(split(path), ANY), _pattern(p)) for path, p in declared.items()]

    served_by = [(name, *p) for name, table in feed.served_by.items() for p in patterns(table)]
    fallback = [columns(names) for names in feed.identity_fallback]
    copies = [columns(names) for names in feed.copies]
    return Identities(fallback, copies, patterns(feed.copies_only), served_by)


def _pattern(patterns: Sequence[str]) -> Pattern:
    return re.compile("|".join(map(translate, patterns))).match


def _parts(shape: Shape, declared: Parts, raw: Any) -> PartKind:
    column = shape.column(split(declared.items), raw)
    item = Shape(lenient=True)
    own = compile_conditions(item, declared.own, ANY)
    only = compile_conditions(item, declared.only, ANY)
    fields = _fields_of(item, declared.fields, NUMBER_OR_TEXT)
    kind, get = item.build()
    decode = msgspec.json.Decoder(list[kind] | None).decode  # type: ignore[valid-type]

    def rows(value: Any) -> list[Row]:
        try:
            if isinstance(value, msgspec.Raw):
                items = decode(value)
            else:
                items = msgspec.convert(value, list[kind] | None)  # type: ignore[valid-type]
        except msgspec.ValidationError as error:
            raise Refused(f"{declared.items}: {reason_of(str(error))}") from None
        return [get(each) for each in items or ()]

    return PartKind(column, own, only, fields, rows)


def reason_of(error: str) -> str:
    """The reason in an error of msgspec, with the path of the value."""
    text, _, path = error.partition(" - at `$")
    name = path.rstrip("`").lstrip(".")
    return (f"{name}: " if name else "") + text[:1].lower() + text[1:]
