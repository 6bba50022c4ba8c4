"""The contents of the book: journals, state, raw panes and modes."""

import json
from typing import Any

from behave import then
from behave.runner import Context
from scratch import Scratch, shown, value_at

_METERS = ("5h", "weekly", "session", "week-all-models")


@then("the journal {name:Word} has {count:d} row")
@then("the journal {name:Word} has {count:d} rows")
def row_count(context: Context, name: str, count: int) -> None:
    rows = context.scratch.rows(name)
    assert len(rows) == count, rows


@then("the journal {name:Word} reads")
def journal_reads(context: Context, name: str) -> None:
    """Every row of the journal, by the columns of the table; a meter's column is its use."""
    heads = context.table.headings
    actual = [
        [context.scratch.masked(_cell(row, head)) for head in heads]
        for row in context.scratch.rows(name)
    ]
    wanted = [[row[head] for head in heads] for row in context.table]
    assert actual == wanted, f"found:\n{actual}\nwanted:\n{wanted}"


@then('row {number:d} of the journal {name:Word} has "{path}" {value}')
def row_value(context: Context, number: int, name: str, path: str, value: str) -> None:
    row = context.scratch.rows(name)[number - 1]
    actual = context.scratch.masked(shown(value_at(row, path)))
    assert actual == value, f"{path} is {actual!r}"


@then("every row of the journal {name:Word} has the same {path:Word}")
def same_value(context: Context, name: str, path: str) -> None:
    assert len(_values(context.scratch, name, path)) == 1


@then("every row of the journal {name:Word} has another {path:Word}")
def other_value(context: Context, name: str, path: str) -> None:
    actual = _values(context.scratch, name, path)
    assert len(actual) == len(context.scratch.rows(name)) > 1, actual


@then("the state of {agent:Word} with {provider:Word} is")
def state_is(context: Context, agent: str, provider: str) -> None:
    path = context.scratch.book / "state" / agent / f"{provider}.json"
    state = json.loads(path.read_text("utf-8"))
    [row] = context.table
    for head in context.table.headings:
        actual = context.scratch.masked(shown(value_at(state, head)))
        assert actual == row[head], f"{head} is {actual!r}"


@then("there is no state of {agent:Word} with {provider:Word}")
def no_state(context: Context, agent: str, provider: str) -> None:
    folder = context.scratch.book / "state"
    assert folder.is_dir(), "the book has no state at all"
    assert not (folder / agent / f"{provider}.json").exists()


@then("the book keeps these state files")
def state_files(context: Context) -> None:
    folder = context.scratch.book / "state"
    actual = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.json"))
    assert actual == sorted(row["file"] for row in context.table), actual


@then("nothing was created")
@then("nothing was written")
def nothing_written(context: Context) -> None:
    changes = context.scratch.changes()
    assert not changes, changes


@then("the file {name:Word} of the book reads")
def book_file(context: Context, name: str) -> None:
    """REST at the end of the text matches text that differs between runs."""
    actual = (context.scratch.book / name).read_text("utf-8").strip()
    wanted, rest, _ = context.text.strip().partition("REST")
    assert actual.startswith(wanted) if rest else actual == wanted, actual


@then("the file {name:Word} still reads {text:Quoted}")
def home_file(context: Context, name: str, text: str) -> None:
    actual = (context.scratch.home / name).read_text("utf-8")
    assert actual == text, actual


@then("the book keeps {count:d} raw pane")
@then("the book keeps {count:d} raw panes")
def raw_panes(context: Context, count: int) -> None:
    assert context.scratch.rows("snapshots"), "there is no snapshot to keep a pane of"
    actual = list((context.scratch.book / "raw").glob("*"))
    assert len(actual) == count, actual


@then("the raw pane of row {number:d} reads")
def raw_pane(context: Context, number: int) -> None:
    row = context.scratch.rows("snapshots")[number - 1]
    actual = (context.scratch.book / "raw" / f"{row['id']}.txt").read_text("utf-8")
    assert actual.strip() == context.text.strip(), actual


@then('no file of the book contains "{text}"')
def nowhere(context: Context, text: str) -> None:
    files = [path for path in context.scratch.book.rglob("*") if path.is_file()]
    assert files, "the book is empty"
    actual = [str(path) for path in files if text.encode() in path.read_bytes()]
    assert not actual, actual


@then("only its owner can read the book")
def private(context: Context) -> None:
    book = context.scratch.book
    paths = [book, *book.rglob("*")]
    assert len(paths) > 1, "the book is empty"
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in paths}
    assert modes == {(True, 0o700), (False, 0o600)}, modes


def _cell(row: Any, head: str) -> str:
    if head in _METERS and "meters" in row:
        return shown(value_at(row, f"meters.{head}.used_percent"))
    return shown(value_at(row, head))


def _values(scratch: Scratch, name: str, path: str) -> set[str]:
    actual = [shown(value_at(row, path)) for row in scratch.rows(name)]
    assert actual, f"{name} has no rows"
    assert all(actual), f"a row has no {path}"
    return set(actual)
