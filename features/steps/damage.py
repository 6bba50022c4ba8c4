"""Givens: damage to a book by a disk, a crash or an editor."""

import base64
import json
import re
import shutil
import zlib

from behave import given
from behave.runner import Context


@given('in row {number:d} of the journal {name:Word} "{old}" became "{new}"')
def change_row(context: Context, number: int, name: str, old: str, new: str) -> None:
    lines = context.scratch.lines(name)
    # `recorded_at` is the real time, which sometimes contains a text of digits such as `:11.0`.
    assert re.search("[a-z]", old), f"{old!r} may also match a time; include the name of the field"
    assert lines[number - 1].count(old) == 1, lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(old, new)
    context.scratch.journal(name).write_text("".join(lines), "utf-8")


@given("row {number:d} of the journal {name:Word} is duplicated")
def double_row(context: Context, number: int, name: str) -> None:
    lines = context.scratch.lines(name)
    context.scratch.journal(name).write_text("".join([*lines, lines[number - 1]]), "utf-8")


@given("row {number:d} of the journal {name:Word} is gone")
def drop_row(context: Context, number: int, name: str) -> None:
    lines = context.scratch.lines(name)
    del lines[number - 1]
    context.scratch.journal(name).write_text("".join(lines), "utf-8")


@given("the last row of the journal {name:Word} was cut off after {count:d} bytes")
def cut_row(context: Context, name: str, count: int) -> None:
    lines = context.scratch.lines(name)
    assert len(lines[-1]) > count + 1, lines[-1]
    context.scratch.journal(name).write_text("".join([*lines[:-1], lines[-1][:count]]), "utf-8")


@given('the state of {agent:Word} with {provider:Word} has "{key}" changed to "{value}"')
def change_state(context: Context, agent: str, provider: str, key: str, value: str) -> None:
    path = context.scratch.book / "state" / agent / f"{provider}.json"
    state = json.loads(path.read_text("utf-8"))
    assert state[key] != value
    path.write_text(json.dumps(state | {key: value}), "utf-8")


@given("the state of {agent:Word} with {provider:Word} is gone")
def drop_state(context: Context, agent: str, provider: str) -> None:
    (context.scratch.book / "state" / agent / f"{provider}.json").unlink()


@given("the state of {agent:Word} with {provider:Word} was copied to {other:Word}")
def copy_state(context: Context, agent: str, provider: str, other: str) -> None:
    folder = context.scratch.book / "state"
    shutil.copytree(folder / agent, folder / other)


@given("the file {name:Word} of the book is gone")
def drop_file(context: Context, name: str) -> None:
    (context.scratch.book / name).unlink()


@given("the folder {name:Word} of the book is gone")
def drop_folder(context: Context, name: str) -> None:
    shutil.rmtree(context.scratch.book / name)


@given("the journal {name:Word} has CRLF line ends")
def end_with_crlf(context: Context, name: str) -> None:
    path = context.scratch.journal(name)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


@given("row {number:d} of the journal {name:Word} is of schema_version {version:d}, from {tool}")
def make_newer(context: Context, number: int, name: str, version: int, tool: str) -> None:
    """Without links of a chain, because the row was not written like this."""
    rows = [json.loads(line) for line in context.scratch.lines(name)]
    rows[number - 1] |= {"schema_version": version, "tool_version": tool, "mood": "new"}
    lines = []
    for row in rows:
        kept = {key: value for key, value in row.items() if key not in ("chain", "crc")}
        body = json.dumps(kept, separators=(",", ":")).encode()[:-1]
        lines.append(body + b',"crc":"%08x"}\n' % zlib.crc32(body))
    context.scratch.journal(name).write_bytes(b"".join(lines))


@given("row {number:d} of the journal {name:Word} is in the quarantine")
def quarantine_row(context: Context, number: int, name: str) -> None:
    path = context.scratch.journal(name)
    lines = path.read_bytes().splitlines(keepends=True)
    line = base64.b64encode(lines.pop(number - 1)).decode()
    path.write_bytes(b"".join(lines))
    quarantine = path.with_name(f"{path.name}.quarantine")
    quarantine.write_text(json.dumps({"reason": "moved", "base64": line}) + "\n", "utf-8")
    quarantine.chmod(0o600)
