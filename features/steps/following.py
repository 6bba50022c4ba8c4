"""Books of other machines, which the book of the scenario follows."""

import os
import re
import shutil
import zlib
from datetime import datetime, timedelta
from pathlib import Path

from agentlog import logs
from behave import given, then, when
from behave.runner import Context
from scratch import Scratch

_RECORDED = re.compile(rb'"recorded_at":"([^"]+)"')
_HOST = re.compile(rb'"host":"[^"]*"')


@given("this is the book of {host:Word}")
def of_host(context: Context, host: str) -> None:
    """The book so far becomes that of another machine; the scenario goes on with an empty one."""
    _move(context.scratch, host, 0)


@given("this is the book of {host:Word}, {days:d} days old")
def of_host_and_age(context: Context, host: str, days: int) -> None:
    _move(context.scratch, host, days)


@given("the book follows {names}")
def follow(context: Context, names: str) -> None:
    """The sources start at the folder that has the config: that of the scenario."""
    sources = [f"machines/{name}" for name in names.split(" and ")]
    context.scratch.write_config("books.toml", f"sources = {sources}\n")


@when("the book of {host:Word} disappears")
@given("the book of {host:Word} disappeared")
def disappear(context: Context, host: str) -> None:
    shutil.rmtree(_book(context.scratch, host))


@given("the book of {host:Word} is behind a link")
def behind_link(context: Context, host: str) -> None:
    book = _book(context.scratch, host)
    book.rename(book.with_name("real"))
    book.symlink_to("real")


@given("the journal {name:Word} of {host:Word} has lost its last row")
@when("the journal {name:Word} of {host:Word} loses its last row")
def shrink(context: Context, name: str, host: str) -> None:
    path = _book(context.scratch, host) / f"{name}.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


@given("the journal {name:Word} of {host:Word} is a link")
def journal_link(context: Context, name: str, host: str) -> None:
    path = _book(context.scratch, host) / f"{name}.jsonl"
    path.rename(path.with_name("real"))
    path.symlink_to("real")


@given("the pane with the logs")
def keep_logs(context: Context) -> None:
    context.scratch.pane = "".join(lines for _, _, lines in logs(context.table))


@given("the journals of this book are also those of {host:Word}")
def copy_journals(context: Context, host: str) -> None:
    book = _book(context.scratch, host)
    book.mkdir(parents=True)
    for path in context.scratch.book.glob("*.jsonl"):
        shutil.copy(path, book)


@when('I run "{command}" in the book of {host:Word}')
def run_there(context: Context, command: str, host: str) -> None:
    scratch = context.scratch
    kept = scratch.environment["BURNBOOK_DATA_DIR"]
    scratch.environment["BURNBOOK_DATA_DIR"] = str(_book(scratch, host))
    try:
        scratch.run_line(command, scratch.pane)
    finally:
        scratch.environment["BURNBOOK_DATA_DIR"] = kept
    assert scratch.code == 0, scratch.stderr


@given("the cache cannot be written")
def no_cache(context: Context) -> None:
    """A file is in its place, because root may write to any directory."""
    shutil.rmtree(context.scratch.book / "cache", ignore_errors=True)
    (context.scratch.book / "cache").write_text("")


@given('the output of "{command}" after a merge of both books is kept')
def keep_output(context: Context, command: str) -> None:
    """The followed books are merged into a copy of this one, which follows none."""
    scratch = context.scratch
    both = scratch.root / "both"
    shutil.copytree(scratch.book, both, ignore=shutil.ignore_patterns("cache"))
    settings = scratch.read_config("books.toml")
    scratch.write_config("books.toml", "sources = []\n")
    sources = sorted(map(str, (scratch.root / "machines").iterdir()))
    scratch.run(["bin/merge", *sources, "--data-dir", str(both)])
    assert scratch.code == 0, scratch.stderr
    scratch.run_line(f"{command} --data-dir {both}")
    scratch.write_config("books.toml", settings)
    assert scratch.code == 0, scratch.stderr
    context.kept_output = scratch.stdout


@then("it prints the same, and then that it follows {books}")
def same_output(context: Context, books: str) -> None:
    lines = context.scratch.stdout.splitlines()
    assert lines.pop().startswith(f"follows {books}: "), context.scratch.stdout
    assert lines == context.kept_output.splitlines(), context.kept_output


@then("no file of the book of {host:Word} changed")
def unchanged(context: Context, host: str) -> None:
    folder = os.path.relpath(_book(context.scratch, host), context.scratch.root)
    assert not [path for path in context.scratch.changes() if path.startswith(folder)]


def _book(scratch: Scratch, host: str) -> Path:
    return scratch.root / "machines" / host


def _move(scratch: Scratch, host: str, days: int) -> None:
    book = _book(scratch, host)
    book.parent.mkdir(exist_ok=True)
    scratch.book.rename(book)
    for path in book.glob("*.jsonl"):
        lines = path.read_bytes().splitlines()
        path.write_bytes(b"".join(_stamped(line, host, days) for line in lines))


def _stamped(line: bytes, host: str, days: int) -> bytes:
    """A row as another machine wrote it."""
    body = line.rpartition(b',"crc":"')[0]
    body = _HOST.sub(b'"host":"%b"' % host.encode(), body)

    def earlier(match: re.Match[bytes]) -> bytes:
        moment = datetime.fromisoformat(match[1].decode()) - timedelta(days=days)
        return b'"recorded_at":"%b"' % moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()

    body = _RECORDED.sub(earlier, body)
    return b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body))
