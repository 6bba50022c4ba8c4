"""Calls of the Model Context Protocol server, as a client writes them to its stdin."""

import json
import subprocess
from collections.abc import Iterable, Iterator
from typing import Any

from behave import then, when
from behave.runner import Context
from scratch import PROJECT


@when("an agent calls {tool:Word} at {at:Moment}")
def call(context: Context, tool: str, at: str) -> None:
    _call(context, tool, {}, at)


@when("an agent calls {tool:Word} with {arguments} at {at:Moment}")
def call_with(context: Context, tool: str, arguments: str, at: str) -> None:
    _call(context, tool, json.loads(arguments), at)


@then('the tool fails with "{text}"')
def fails(context: Context, text: str) -> None:
    assert context.answer["isError"], context.answer
    [content] = context.answer["content"]
    assert content["text"] == text, content["text"]


def _call(context: Context, tool: str, arguments: dict[str, Any], at: str) -> None:
    """Makes one call. Its data is then the output of the last command."""
    client = {"name": "behave", "version": "1"}
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            **{"jsonrpc": "2.0", "id": 2, "method": "tools/call"},
            "params": {"name": tool, "arguments": arguments},
        },
    ]
    scratch = context.scratch
    with subprocess.Popen(
        [str(PROJECT / "bin" / "mcp"), "--at", at],
        cwd=scratch.folder,
        env=scratch.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for message in messages:
            server.stdin.write(f"{json.dumps(message)}\n")
        server.stdin.flush()
        # It ends with its input, so that is closed after the answer.
        answers = {line.get("id"): line for line in map(json.loads, _until(server.stdout, 2))}
        server.stdin.close()
    assert server.returncode == 0
    context.answer = answers[2]["result"]
    scratch.code, scratch.stderr = 0, ""
    scratch.stdout = json.dumps(context.answer.get("structuredContent"))


def _until(lines: Iterable[str], number: int) -> Iterator[str]:
    """Yields lines up to the answer of a request."""
    for line in lines:
        yield line
        if json.loads(line).get("id") == number:
            return
