"""Official meters in the files of agents: the JSON of a status line, and rollouts."""

import fcntl
import json
import re
import shutil
import sys
import time
from datetime import datetime
from typing import Any

from behave import given, then, when
from behave.runner import Context
from scratch import moment

_KEYS = {"5h": "five_hour", "week": "seven_day"}
# Their places say nothing: here the week comes first.
_PLACES = {"weekly": ("primary", 10_080), "5h": ("secondary", 300)}


# Speaks the protocol of `codex app-server`: one JSON object a line, `initialize` and `initialized`
# before any other message, and the end of the input ends it.
_APP_SERVER = """\
import json, sys

assert sys.argv[1:] == ["app-server"], sys.argv
seen = []
for line in sys.stdin:
    message = json.loads(line)
    method = message["method"]
    assert seen or method == "initialize", "not initialized"
    assert len(seen) != 1 or method == "initialized", "not initialized"
    seen.append(method)
    if "id" not in message:
        continue
    while ROWS and not ROWS[0][0]:
        print(ROWS.pop(0)[1], flush=True)
    expected, answer = ROWS.pop(0)
    assert method == expected, (method, expected)
    if answer == "end":
        sys.exit(0)
    if answer == "wait":
        continue
    while answer == "flood":
        print("x" * 65536)
    print(json.dumps({"id": message["id"], **json.loads(answer)}), flush=True)
"""


@given("the JSON of a status line")
def status_line(context: Context) -> None:
    """A table of one row; a meter is `PERCENT till TIME`."""
    [row] = context.table
    fields = {head: row[head] for head in context.table.headings if row[head]}
    whole: dict[str, Any] = {"session_id": fields["session"], "version": "2.1.40"}
    if "model" in fields:
        whole["model"] = {"id": "claude", "display_name": fields["model"]}
    if "context" in fields:
        whole["context_window"] = {"used_percentage": int(fields["context"])}
    limits = {key: _limit(fields[head]) for head, key in _KEYS.items() if head in fields}
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


@then("it took less than the {count:d} seconds for which other commands wait for the lock")
def took(context: Context, count: int) -> None:
    assert time.monotonic() - context.began < count


@given("the rollout {name:Word} contains")
def rollout(context: Context, name: str) -> None:
    """A table of token counts; a meter is `PERCENT till TIME`, or none at all."""
    rollout_in(context, name, ".codex")


@given("the rollout {name:Word} in {folder:Word} contains")
def rollout_in(context: Context, name: str, folder: str) -> None:
    """The same in another folder of the home folder."""
    counts = []
    for row in context.table:
        fields = {key: _window(row[head], minutes) for head, (key, minutes) in _PLACES.items()}
        limits = None if None in fields.values() else {**fields, "plan_type": "pro"}
        count = {"type": "token_count", "info": None, "rate_limits": limits}
        counts.append((moment(row["at"]), count))
    _write_rollout(context, name, folder, counts)


def _write_rollout(
    context: Context, name: str, folder: str, counts: list[tuple[str, dict[str, Any]]]
) -> None:
    path = context.scratch.home / folder / "sessions" / "2026" / "11" / "22"
    path.mkdir(parents=True, exist_ok=True)
    lines = [("session_meta", moment("00:00"), {"id": name, "cwd": "/srv/web"})]
    lines += [("event_msg", at, count) for at, count in counts]
    text = [json.dumps({"timestamp": at, "type": k, "payload": p}) + "\n" for k, at, p in lines]
    (path / f"rollout-{name}.jsonl").write_text("".join(text), "utf-8")


@given("the rollout {name:Word} has the limits")
def rollout_limits(context: Context, name: str) -> None:
    """A table of token counts with the JSON of their limits; `epoch(TIME)` is in seconds."""
    counts = [
        (moment(row["at"]), {"type": "token_count", "rate_limits": _epochs(row["limits"])})
        for row in context.table
    ]
    _write_rollout(context, name, ".codex", counts)


@given("the app server of Codex answers")
def app_server(context: Context) -> None:
    """A table of answers by method, printed in order; lines without a method come before the next.

    `wait` gives no answer, `end` ends the program, and `flood` prints without end.
    """
    rows = [(row["method"], _epoch_text(row["answer"])) for row in context.table]
    program = context.scratch.root / "programs" / "codex"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!{sys.executable}\nROWS = {rows!r}\n{_APP_SERVER}", "utf-8")
    program.chmod(0o755)
    context.scratch.environment["PATH"] = f"{program.parent}:/usr/bin:/bin"


@given("the cache of the book is gone")
def no_cache(context: Context) -> None:
    shutil.rmtree(context.scratch.book / "cache")


@then('"bin/check" finds nothing')
def checked(context: Context) -> None:
    context.scratch.run_line("bin/check")
    assert context.scratch.code == 0, context.scratch.stdout


@given("somebody holds the book's lock")
def held(context: Context) -> None:
    context.scratch.book.mkdir(parents=True)
    lock = (context.scratch.book / ".lock").open("w")
    context.add_cleanup(lock.close)
    fcntl.flock(lock, fcntl.LOCK_EX)


def _epochs(text: str) -> Any:
    return json.loads(_epoch_text(text))


def _epoch_text(text: str) -> str:
    return re.sub(r"epoch\(([^)]+)\)", lambda match: str(_epoch(match[1])), text)


def _epoch(till: str) -> int:
    return int(datetime.fromisoformat(moment(till).replace("Z", "+00:00")).timestamp())


def _limit(cell: str) -> dict[str, Any]:
    percent, _, till = cell.partition(" till ")
    return {"used_percentage": float(percent), "resets_at": _epoch(till)}


def _window(cell: str, minutes: int) -> dict[str, Any] | None:
    if cell == "none":
        return None
    limit = _limit(cell)
    used, resets = limit["used_percentage"], limit["resets_at"]
    return {"used_percent": used, "window_minutes": minutes, "resets_at": resets}
