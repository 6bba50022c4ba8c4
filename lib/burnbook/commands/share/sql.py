"""SQL over the journals of a book or of an export."""

import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from burnbook.base.errors import BadData, UsageError
from burnbook.base.text import csv_text
from burnbook.context import Context, Result
from burnbook.engines import Table as Rows
from burnbook.query import prompt
from burnbook.query.source import opened
from burnbook.query.views import Views
from burnbook.times import clock
from burnbook.view import render, terminal
from burnbook.view.messages import message_lines
from burnbook.view.parts import Line, Part, Table, number

_MAX_STATEMENT = 1 << 20  # bytes


def run(ctx: Context, args: Any) -> Result:
    """Runs one statement, or a prompt on a terminal. Writes no row."""
    if args.limit < 1:
        raise UsageError(f"--limit is {args.limit}; valid: 1 or more")
    statement = args.statement
    is_prompt = statement is None and sys.stdin is not None and sys.stdin.isatty()
    if statement is None and not is_prompt:
        statement = _stdin()
    with opened(ctx, args.engine, args.folder, "sql") as source:
        views = Views(source)
        if statement is not None:
            table = views.run(statement, args.limit + 1)
            return _result(ctx, table, args.limit, args.format)

        def answer(text: str) -> str:
            result = _result(ctx, views.run(text, args.limit + 1), args.limit, args.format)
            if result.ready is not None:
                return "".join(result.ready)
            if args.format == "json":
                return render.json(result.data)
            color = terminal.has_color(args.color)
            return render.text(result.parts, color=color, columns=terminal.columns())

        def fail(text: str) -> None:
            sys.stderr.write(message_lines("sql", text))

        prompt.loop(answer, fail)
        return Result((), None)


def _stdin() -> str:
    data = sys.stdin.buffer.read(_MAX_STATEMENT + 1) if sys.stdin else b""
    if len(data) > _MAX_STATEMENT:
        raise BadData(f"the statement has more than {_MAX_STATEMENT:,} bytes")
    if not data.strip():
        raise UsageError('no statement is given; write one, such as `sql "SELECT * FROM windows"`')
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadData("the statement on stdin is not UTF-8 text") from None


def _result(ctx: Context, table: Rows, limit: int, form: str) -> Result:
    rows = [[_plain(value) for value in row] for row in table.rows[:limit]]
    more = len(table.rows) > limit
    if more:
        ctx.notes.append(f"only the first {limit:,} rows are shown; --limit N shows more")
    data = {"columns": table.columns, "rows": rows, "has_more": more}
    if form == "csv":
        return Result((), data, ready=csv_text([table.columns, *rows]))
    numeric = [
        all(row[n] is None or isinstance(row[n], int | float) for row in rows)
        for n in range(len(table.columns))
    ]
    cells = [[_cell(value) for value in row] for row in rows]
    count = f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}"
    parts: list[Part] = [Line(count, strong=True)]
    if table.columns:
        align = "".join("<>"[is_right] for is_right in numeric)
        parts.append(Table(list(table.columns), cells, align))
    return Result(parts, data)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return number(value) if value == value and abs(value) < 1e15 else str(value)
    return str(value)


def _plain(value: Any) -> Any:
    """A value of a row as JSON and CSV can show it."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return clock.iso(value) if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)
