"""The output of `repair`, and the files that it leaves beside a journal."""

import base64
import json
import re
from typing import Any

from behave import given, then
from behave.runner import Context
from scratch import Scratch, shown, value_at

_VARIES = (
    (re.compile(r"\b[0-9a-f]{8}\b"), "CRC"),
    (re.compile(r"before-repair-\w+"), "before-repair-TIME"),
    (re.compile(r"bytes at \d+"), "bytes at BYTE"),
)


@given("the file {name:Word} of the book has mode {mode:Word}")
def change_mode(context: Context, name: str, mode: str) -> None:
    (context.scratch.book / name).chmod(int(mode, 8))


@given("the last line of the token ledger is gone")
def cut_ledger(context: Context) -> None:
    path = context.scratch.docs / "Ledgers" / "Token_Churn_Ledger.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), "utf-8")


@given('in the token ledger "{old}" became "{new}"')
def change_ledger(context: Context, old: str, new: str) -> None:
    path = context.scratch.docs / "Ledgers" / "Token_Churn_Ledger.csv"
    text = path.read_text("utf-8")
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new), "utf-8")


@given("line {number:d} of the token ledger is duplicated")
def double_ledger(context: Context, number: int) -> None:
    path = context.scratch.docs / "Ledgers" / "Token_Churn_Ledger.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[number - 1]]), "utf-8")


@then("it reports")
def says(context: Context) -> None:
    """It succeeds; CRC, TIME and BYTE replace what differs between runs."""
    assert context.scratch.code == 0, context.scratch.stdout + context.scratch.stderr
    _same(_plain(context.scratch.stdout), context.text)


@then("it reports faults that are left")
def left(context: Context) -> None:
    """It exits with 1, because it cannot repair everything."""
    assert context.scratch.code == 1, context.scratch.stdout + context.scratch.stderr
    _same(_plain(context.scratch.stdout), context.text)


@then("the quarantine of {name:Word} has")
def quarantine_has(context: Context, name: str) -> None:
    heads = context.table.headings
    actual = [
        [_plain(context.scratch.masked(shown(value_at(entry, head)))) for head in heads]
        for entry in _quarantine(context.scratch, name)
    ]
    _same(actual, [[row[head] for head in heads] for row in context.table])


@then("the bytes in the quarantine of {name:Word} are the damaged row")
def quarantine_bytes(context: Context, name: str) -> None:
    [entry] = _quarantine(context.scratch, name)
    [before] = context.scratch.book.glob(f"{name}.jsonl.before-repair-*")
    lines = before.read_bytes().splitlines(keepends=True)
    _same(base64.b64decode(entry["base64"]), lines[entry["line"] - 1])


def _quarantine(scratch: Scratch, name: str) -> list[Any]:
    path = scratch.book / f"{name}.jsonl.quarantine"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _plain(text: str) -> str:
    for pattern, name in _VARIES:
        text = pattern.sub(name, text)
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def _same(actual: object, wanted: object) -> None:
    assert actual == wanted, f"found:\n{actual}\nwanted:\n{wanted}"


@given("everybody can write the config file {name:Word}")
def open_config(context: Context, name: str) -> None:
    (context.scratch.config / name).chmod(0o666)


@given("the book has mode {mode:Word}")
def book_mode(context: Context, mode: str) -> None:
    context.scratch.book.chmod(int(mode, 8))


@then("doctor reports for {name:Word}")
def doctor_says(context: Context, name: str) -> None:
    """The probe's lines begin with the lines of the text, in this order, whatever the spaces."""
    lines = [" ".join(line.split()) for line in context.scratch.stdout.splitlines()]
    actual = [line for line in lines if f" {name} " in line]
    rest = iter(actual)
    for wanted in context.text.splitlines():
        assert any(line.startswith(wanted) for line in rest), actual
