"""The same queries on SQLite, DuckDB and Apache Spark."""

from typing import Any

from burnbook.base import ids
from burnbook.base.errors import UsageError
from burnbook.base.text import csv_text
from burnbook.context import Context, Result, note_damage
from burnbook.query import named
from burnbook.query.answer import Answer, Asked
from burnbook.query.source import opened
from burnbook.view.parts import Line, Table, number


def run(ctx: Context, args: Any) -> Result:
    """Runs the query that is named; without a name, lists all. Writes no row."""
    if args.name is None:
        members = list(named.described())
        listed = [{"name": name, "description": text} for name, text in members]
        title = Line("Queries:", strong=True)
        return Result([title, Table(("name", "answers"), members, "<<")], {"queries": listed})
    if args.name not in named.names():
        raise UsageError(f"unknown query {args.name!r}; valid: {', '.join(named.names())}")
    window = None if args.window is None else ids.check("window", args.window)
    asked = Asked(window, args.by, args.since, args.until, args.cost)
    with opened(ctx, args.engine, args.folder, f"query {args.name}") as source:
        answer = named.load(args.name).run(source, asked)
        note_damage(source.ctx)
    columns, rows = answer.columns, answer.rows
    data: dict[str, Any] = {
        "query": args.name,
        "engine": source.name,
        "window": window,
        **answer.data,
        "rows": [dict(zip(columns, row, strict=True)) for row in rows],
    }
    ready = csv_text([columns, *rows]) if args.format == "csv" else None
    head = Line(f"{args.name} on {source.name}: {answer.text}", strong=True)
    return Result([head, _table(answer)] if rows else [head], data, ready=ready)


def _table(answer: Answer) -> Table:
    at = {name: n for n, name in enumerate(answer.columns)}
    wanted = [(head, at[name]) for head, name in answer.shown]
    rows = [[_cell(head, row[n]) for head, n in wanted] for row in answer.rows]
    numeric = [
        all(row[n] is None or isinstance(row[n], int | float) for row in answer.rows)
        for _, n in wanted
    ]
    return Table(
        [head for head, _ in wanted], rows, "".join("<>"[is_right] for is_right in numeric)
    )


def _cell(head: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, int | float):
        return f"{value:,.4f}" if head.endswith("USD") or head == "ratio" else number(value)
    return str(value)
