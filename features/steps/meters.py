"""What agents tell of their official meters: the JSON of a status line, and rollouts."""

import fcntl
import json
import time
from datetime import datetime
from typing import Any

from behave import given, then, when
from behave.runner import Context
from scratch import moment

_KEYS = {"5h": "five_hour", "week": "seven_day"}


@given("the JSON of a status line")
def status_line(context: Context) -> None:
    """A table of one row; a meter is `PERCENT till TIME`."""
    [row] = context.table
    told = {head: row[head] for head in context.table.headings if row[head]}
    whole: dict[str, Any] = {"session_id": told["session"], "version": "2.1.40"}
    if "model" in told:
        whole["model"] = {"id": "claude", "display_name": told["model"]}
    if "context" in told:
        whole["context_window"] = {"used_percentage": int(told["context"])}
    limits = {key: _limit(told[head]) for head, key in _KEYS.items() if head in told}
    if limits:
        whole["rate_limits"] = limits
    context.scratch.pane = json.dumps(whole)


@given("the JSON of a status line is {text}")
def some_json(context: Context, text: str) -> None:
    context.scratch.pane = text


@when('I pipe the JSON into "{command}"')
def pipe_json(context: Context, command: str) -> None:
    context.began = time.monotonic()
    context.scratch.run_line(command, context.scratch.pane)


@when('I pipe the JSON into "{command}" at {at:Moment}')
def pipe_json_at(context: Context, command: str, at: str) -> None:
    context.began = time.monotonic()
    context.scratch.run_line(command, context.scratch.pane, at)


@given('the JSON was piped into "{command}" at {at:Moment}')
def piped(context: Context, command: str, at: str) -> None:
    context.scratch.run_line(command, context.scratch.pane, at)
    assert context.scratch.code == 0 and not context.scratch.stderr, context.scratch.stderr


@then("it took less than {count:d} seconds")
def took(context: Context, count: int) -> None:
    assert time.monotonic() - context.began < count


@given("somebody holds the book's lock")
def held(context: Context) -> None:
    context.scratch.book.mkdir(parents=True)
    lock = (context.scratch.book / ".lock").open("w")
    context.add_cleanup(lock.close)
    fcntl.flock(lock, fcntl.LOCK_EX)


def _limit(said: str) -> dict[str, Any]:
    percent, _, till = said.partition(" till ")
    resets = datetime.fromisoformat(moment(till).replace("Z", "+00:00"))
    return {"used_percentage": float(percent), "resets_at": int(resets.timestamp())}
