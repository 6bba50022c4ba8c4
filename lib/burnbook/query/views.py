"""The relations that a statement may name: journals by their names, and those of the queries."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import inspect

from burnbook.base.errors import UsageError
from burnbook.book import codec, journal
from burnbook.context import Context
from burnbook.engines import Columns, Group, Kind, Table
from burnbook.query.source import Opened
from burnbook.rows.meters import NewerRow
from burnbook.times import clock

_GROUPS: dict[str, Group] = {
    **dict.fromkeys(("usage_origins", "usage_kinds", "usage_cells"), "usage"),
    **dict.fromkeys(("telemetry_groups", "telemetry_latencies"), "telemetry"),
    **dict.fromkeys(("cost_cells", "cost_latencies", "cost_counts"), "costs"),
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KINDS: dict[Any, Kind] = {
    inspect.IntType: "integer",
    inspect.BoolType: "integer",
    inspect.FloatType: "real",
}


def names() -> list[str]:
    """Returns every name that a statement can use, sorted."""
    return sorted([*codec.JOURNALS, *_GROUPS])


class Views:
    """Creates the relations of statements, each when a statement names it first."""

    def __init__(self, opened: Opened) -> None:
        if not hasattr(opened.engine, "read_only"):
            raise UsageError(f"{opened.name} has no prompt; use --engine sqlite or duckdb")
        self._opened = opened
        self._engine: Any = opened.engine
        self._created: set[str] = set()

    def run(self, statement: str, limit: int) -> Table:
        """Returns at most `limit` rows of one SELECT statement. Raises BadData if it fails."""
        words = {word.lower() for word in _NAME.findall(statement)}
        for name in sorted(words - self._created):
            if name in _GROUPS:
                self._engine.add(_GROUPS[name])
            elif name in codec.JOURNALS:
                self._add_journal(name)
            else:
                continue
            self._created.add(name)
        table: Table = self._engine.read_only(statement, limit)
        return table

    def _add_journal(self, name: str) -> None:
        columns = columns_of(name)
        if self._opened.folder is None:
            rows = journal_rows(self._opened.ctx, name, columns)
            self._engine.set_table(name, columns, rows)
        elif not self._engine.export.files(name):
            self._engine.set_table(name, columns, ())
        else:
            files = self._engine.files_of(name)
            self._engine.create_view(
                name,
                "SELECT * EXCLUDE (kind, line, line_bytes, state, f.offset)"
                f" FROM {files} AS f WHERE state = 'valid'",
            )


def columns_of(name: str) -> Columns:
    """Returns the columns of a journal's rows, with their types; objects and lists are text."""
    columns: dict[str, Kind] = {}
    for kind in _kinds(name):
        if kind.tag_field is not None:
            columns[kind.tag_field] = "text"
        for field in kind.fields:
            columns[field.name] = _column(field.type)
    return columns


def journal_rows(ctx: Context, name: str, columns: Columns) -> Iterator[Sequence[Any]]:
    """Yields the values of each valid row, of rows with one id the first one."""
    tags = {kind.cls: (kind.tag_field, kind.tag) for kind in _kinds(name)}
    seen: set[str] = set()
    for _, line in journal.lines(journal.path_of(ctx.book.root, name)):
        row = codec.read(name, line)
        if row is None or isinstance(row, NewerRow) or row.id in seen:
            continue
        seen.add(row.id)
        field, tag = tags[type(row)]
        yield [tag if column == field else _value(getattr(row, column, None)) for column in columns]


def _kinds(name: str) -> list[Any]:
    info: Any = inspect.type_info(codec.JOURNALS[name])
    return list(info.types) if isinstance(info, inspect.UnionType) else [info]


def _column(kind: Any) -> Kind:
    if isinstance(kind, inspect.Metadata):
        return _column(kind.type)
    if isinstance(kind, inspect.UnionType):
        others = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        return _column(others[0]) if len(others) == 1 else "text"
    return _KINDS.get(type(kind), "text")


def _value(value: Any) -> Any:
    if value is None or isinstance(value, str | float):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        return clock.iso(value)
    return msgspec.json.encode(value).decode()
