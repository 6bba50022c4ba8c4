"""Telemetry: a proxy's lines, the log that a feed follows, and what a shell does with both."""

import csv
import json
import re
import shlex
import subprocess

from behave import given, then, when
from behave.runner import Context
from proxylog import lines
from scratch import PROJECT, Scratch, shown, value_at

_FILE = re.compile(r"^file +=.*$", re.MULTILINE)
_HALF = 60


@given("the requests")
def keep_requests(context: Context) -> None:
    """Lines to be piped somewhere."""
    context.scratch.pane = lines(context.table)


@given("the lines")
def keep_lines(context: Context) -> None:
    context.scratch.pane = context.text + "\n"


@given("the lines of samples/telemetry/{names}")
def keep_sample(context: Context, names: str) -> None:
    files = [PROJECT / "samples" / "telemetry" / name for name in names.split(" and ")]
    context.scratch.pane = "".join(file.read_text("utf-8") for file in files)


@given("{window:Word} has the requests")
def booked(context: Context, window: str) -> None:
    words = ["bin/ingest", "proxy-telemetry", "--window", window]
    context.scratch.run(words, lines(context.table))
    assert context.scratch.code == 0, context.scratch.stderr


@given("the feed {feed:Word} has its own file {name:Word}")
def own_file(context: Context, feed: str, name: str) -> None:
    """A whole path, so that the project's own log stays out of it."""
    scratch = context.scratch
    text, count = _FILE.subn(f'file = "{scratch.home / name}"', scratch.read_config(_toml(feed)))
    assert count == 1, f"the feed {feed} declares no file to replace"
    scratch.write_config(_toml(feed), text)


@given('in the feed {feed:Word} "{old}" became "{new}"')
def change_feed(context: Context, feed: str, old: str, new: str) -> None:
    text = context.scratch.read_config(_toml(feed))
    assert text.count(old) == 1, f"{text.count(old)} times {old!r}"
    context.scratch.write_config(_toml(feed), text.replace(old, new))


@given("the log {name:Word} with the requests")
def begin_log(context: Context, name: str) -> None:
    (context.scratch.home / name).write_text(lines(context.table), "utf-8")


@given("the log {name:Word} grows by the requests")
def grow_log(context: Context, name: str) -> None:
    _grow(context.scratch, name, lines(context.table).encode())


@given("the log {name:Word} grows by the line {value:Quoted}")
def grow_by_line(context: Context, name: str, value: str) -> None:
    r"""Characters up to 255 are bytes: `\u00ff` is one that no UTF-8 has."""
    _grow(context.scratch, name, value.encode("latin-1") + b"\n")


@given("the log {name:Word} grows by half of the request")
def grow_by_half(context: Context, name: str) -> None:
    context.rest = lines(context.table)[_HALF:]
    _grow(context.scratch, name, lines(context.table)[:_HALF].encode())


@given("the log {name:Word} grows by the other half")
def grow_by_rest(context: Context, name: str) -> None:
    _grow(context.scratch, name, context.rest.encode())


@given("the log {name:Word} was renamed to {other:Word}")
def rename_log(context: Context, name: str, other: str) -> None:
    home = context.scratch.home
    (home / name).rename(home / other)


@given("the log {name:Word} was copied to {other:Word} and emptied")
def copy_and_empty(context: Context, name: str, other: str) -> None:
    home = context.scratch.home
    (home / other).write_bytes((home / name).read_bytes())
    (home / name).write_bytes(b"")


@given("the log {name:Word} was emptied")
def empty_log(context: Context, name: str) -> None:
    (context.scratch.home / name).write_bytes(b"")


@when('a shell runs "{command}"')
def run_in_shell(context: Context, command: str) -> None:
    """With pipes and redirection, in the home folder; bin/ is the project's."""
    script = command.replace("bin/", f"{shlex.quote(str(PROJECT))}/bin/")
    context.scratch.run(["/bin/sh", "-c", f"set -e\n{script}\n"])


@when("two shells run {command:Quoted} at once")
def run_twice(context: Context, command: str) -> None:
    """Both must succeed; their output is joined, line by line, to one JSON list."""
    scratch = context.scratch
    name, *words = shlex.split(command)
    both = [
        subprocess.Popen(
            [str(PROJECT / name), *words],
            cwd=scratch.folder,
            env=scratch.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    printed = [process.communicate(timeout=60)[0].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], printed
    scratch.code, scratch.stderr = 0, ""
    scratch.stdout = f"[{','.join(printed)}]"


@then("the JSON values at {path:Word} add up to {count:d}")
def add_up(context: Context, path: str, count: int) -> None:
    actual = [value_at(entry, path) for entry in context.scratch.json()]
    assert sum(actual) == count, actual


@then("the journal {name:Word} has, in any order")
def journal_has(context: Context, name: str) -> None:
    heads = context.table.headings
    actual = [[shown(value_at(row, head)) for head in heads] for row in context.scratch.rows(name)]
    wanted = [[row[head] for head in heads] for row in context.table]
    assert sorted(actual) == sorted(wanted), f"found:\n{actual}\nwanted:\n{wanted}"


@then("it prints as CSV the columns")
def csv_columns(context: Context) -> None:
    """These columns of every row, whatever others there are."""
    assert context.scratch.code == 0, context.scratch.stderr
    heads = context.table.headings
    read = csv.DictReader(context.scratch.stdout.splitlines())
    actual = [[row[head] for head in heads] for row in read]
    wanted = [[row[head] for head in heads] for row in context.table]
    assert actual == wanted, f"found:\n{actual}\nwanted:\n{wanted}"


@then("it exits with {code:d}, prints {printed:Quoted} and warns")
def useless(context: Context, code: int, printed: str) -> None:
    """A failure that has a result all the same."""
    scratch = context.scratch
    actual = (scratch.code, scratch.stdout.strip(), scratch.stderr.strip())
    assert actual == (code, printed, " ".join(context.text.split())), actual


@then("the cursor of the feed {feed:Word} has")
def cursor_has(context: Context, feed: str) -> None:
    path = context.scratch.book / "state" / ".feeds" / f"{feed}.json"
    state = json.loads(path.read_text("utf-8"))
    for row in context.table:
        actual = context.scratch.masked(shown(value_at(state, row["path"])))
        assert actual == row["value"], f"{row['path']} is {actual!r}"


def _toml(feed: str) -> str:
    return f"feeds/{feed}.toml"


def _grow(scratch: Scratch, name: str, data: bytes) -> None:
    with (scratch.home / name).open("ab") as file:
        file.write(data)
