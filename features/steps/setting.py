"""Givens: the config, the environment, and files."""

import re
import sqlite3
from contextlib import closing

import zstandard
from behave import given
from behave.runner import Context
from scratch import PROJECT

_KEYS = {"title": "{!r}", "next": "{!r}", "budget": "{!r}", "ends": "{}"}

_HOME = re.compile(r"(?<![$\w])HOME/")


@given("the windows")
def declare_windows(context: Context) -> None:
    lines = ["[windows]"]
    for row in context.table:
        lines.append(f"[windows.{row['window']}]")
        for head in context.table.headings[1:]:
            if row[head]:
                lines.append(f"{head} = {_KEYS[head].format(row[head])}")
    text = context.scratch.read_config("windows.toml")
    settings = text.partition("\n[windows")[0]
    context.scratch.write_config("windows.toml", settings + "\n" + "\n".join(lines) + "\n")


@given("the config file {name} says")
def replace_config(context: Context, name: str) -> None:
    context.scratch.write_config(name, context.text)


@given("the only prices are")
def replace_prices(context: Context) -> None:
    (context.scratch.config / "prices.json").unlink(missing_ok=True)
    context.scratch.write_config("prices.toml", context.text)


@given('the setting {name} of windows.toml is "{value}"')
def set_of_windows(context: Context, name: str, value: str) -> None:
    lines = context.scratch.read_config("windows.toml").splitlines()
    kept = [line for line in lines if line.split("=")[0].strip() != name]
    context.scratch.write_config("windows.toml", "\n".join([f'{name} = "{value}"', *kept]))


@given("{name:Word} is set to {value:Quoted}")
def set_variable(context: Context, name: str, value: str) -> None:
    context.scratch.environment[name] = value


@given("{name:Word} is not set")
def unset_variable(context: Context, name: str) -> None:
    if (PROJECT / ".env").exists():
        context.scenario.skip("the .env beside the justfile may set it")
    context.scratch.environment.pop(name)


@given("the hostile id {value:Quoted}")
@given("the hostile text {value:Quoted}")
def keep_hostile(context: Context, value: str) -> None:
    context.scratch.hostile = value


@given("the file {name} with")
def make_file(context: Context, name: str) -> None:
    path = context.scratch.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _HOME.sub(f"{context.scratch.home}/", context.text)
    path.write_text(text + "\n", "utf-8")


@given("the database {name} after")
def make_database(context: Context, name: str) -> None:
    path = context.scratch.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("ZSTD", 1, lambda text: zstandard.compress(text.encode()))
        connection.executescript(context.text)


@given("a file exists at the book's path")
def book_is_file(context: Context) -> None:
    context.scratch.book.parent.mkdir(parents=True)
    context.scratch.book.write_text("no book\n")


@given("the journal {name:Word} is a link to a file of somebody else")
def journal_is_link(context: Context, name: str) -> None:
    foreign = context.scratch.home / "foreign.jsonl"
    foreign.write_text("not ours\n")
    context.scratch.book.mkdir(parents=True, exist_ok=True)
    context.scratch.journal(name).symlink_to(foreign)
