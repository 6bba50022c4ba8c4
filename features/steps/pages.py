"""Pages beside the book: ledgers and the handoff."""

import csv
import io
from pathlib import Path

from behave import given, then
from behave.runner import Context
from scratch import Scratch

_LEDGERS = {"token": "Token_Churn_Ledger.csv", "churn": "Churn_Ledger.csv"}


@given("the {name:Word} ledger with")
def make_ledger(context: Context, name: str) -> None:
    """The text is the file, without a newline at its end."""
    path = _ledger(context.scratch, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(context.text, "utf-8")


@given("the {name:Word} ledger was lost")
def lose_ledger(context: Context, name: str) -> None:
    _ledger(context.scratch, name).unlink()


@given("the handoff with")
def make_handoff(context: Context) -> None:
    context.scratch.docs.mkdir(exist_ok=True)
    _handoff(context.scratch).write_text(context.text, "utf-8")


@then("the {name:Word} ledger reads")
def ledger_reads(context: Context, name: str) -> None:
    """Every row of the ledger, by the columns of the table."""
    heads = context.table.headings
    text = _ledger(context.scratch, name).read_text("utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    actual = [[context.scratch.masked(row[head]) for head in heads] for row in rows]
    wanted = [[row[head] for head in heads] for row in context.table]
    assert actual == wanted, f"found:\n{actual}\nwanted:\n{wanted}"


@then("the {name:Word} ledger is")
def ledger_is(context: Context, name: str) -> None:
    actual = context.scratch.masked(_ledger(context.scratch, name).read_text("utf-8"))
    assert actual == context.text + "\n", actual


@then("the handoff has the lines")
def handoff_lines(context: Context) -> None:
    """Each line of the text is in the page, in this order."""
    actual = context.scratch.masked(_handoff(context.scratch).read_text("utf-8"))
    rest = iter(actual.splitlines())
    for wanted in context.text.splitlines():
        assert wanted in rest, f"no line {wanted!r} here in:\n{actual}"


@then("the handoff begins with")
def handoff_begins(context: Context) -> None:
    actual = _handoff(context.scratch).read_text("utf-8")
    assert actual.startswith(context.text), actual


@then("the handoff ends with")
def handoff_ends(context: Context) -> None:
    actual = _handoff(context.scratch).read_text("utf-8")
    assert actual.endswith(context.text), actual


def _ledger(scratch: Scratch, name: str) -> Path:
    return scratch.docs / "Ledgers" / _LEDGERS[name]


def _handoff(scratch: Scratch) -> Path:
    return scratch.docs / "HANDOFF.md"
