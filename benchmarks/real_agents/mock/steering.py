"""What to answer. A word in the prompt decides, so that a subagent can be sent one, too."""

import json
import re
from collections.abc import Mapping
from typing import Any

from real_agents.mock.exchange import Counts, Question, Tool

TOOL, SUBAGENT, HANG, LARGE, ADVISOR = (
    f"mock-{word}" for word in ("tool", "subagent", "hang", "large", "advisor")
)
ERRORS = {"mock-429": 429, "mock-529": 529}
FAILURES = 2  # answers with an error before the one that succeeds

# Names of tools, the usual ones first.
SHELLS = (
    *("Bash", "bash", "run_shell_command", "exec_command", "shell_command", "shell", "Shell"),
    *("execute_command", "run_commands", "run_command"),
)
AGENTS = (
    *("Task", "task", "Agent", "agent", "spawn_agent", "generalist", "invoke_agent"),
    *("spawn_subagent", "subagent", "use_subagents"),
)
WAITS = ("wait_agent", "wait")
ENDS = ("complete_task", "attempt_completion", "submit_and_exit")
SUMMARY = "state_snapshot"  # the tag that Gemini CLI and Qwen Code want around a summary

COMMAND = "echo mock"
ARGUMENTS: Mapping[str, Any] = {
    "command": COMMAND,
    "cmd": COMMAND,
    "commands": [COMMAND],
    "description": "a test",
    "is_background": False,
    "prompt": f"Please do this: {TOOL}",
    "message": f"Please do this: {TOOL}",
    "task": f"Please do this: {TOOL}",
    "task_name": "test",
    "agent_name": "generalist",
    "subagent_type": "general-purpose",
    "timeout_ms": 20000,
}
EMPTY: Mapping[str, Any] = {"boolean": False, "number": 1, "integer": 1, "array": []}


def counts(number: int, sent: int, *, writes: bool) -> Counts:
    """The tokens of a request: each number has others, of every kind. `sent`: about the input."""
    reasoning = 50 + 7 * number
    return Counts(
        input=sent + number,
        cache_read=20_000 + 3 * number,
        cache_write=300 + 5 * number if writes else 0,
        output=400 + 11 * number + reasoning,
        reasoning=reasoning,
    )


def sums_up(question: Question) -> bool:
    """Whether an agent asks for a summary: what it sums up fills the context."""
    return f"<{SUMMARY}>" in question.prompt and not question.tools


def text(number: int, question: Question) -> str:
    """A text to answer: JSON of the schema that is asked for, or in the tags of a summary."""
    if question.schema:
        return conforming(question.schema)
    return f"<{SUMMARY}>Answer {number}.</{SUMMARY}>" if sums_up(question) else f"Answer {number}."


def call(question: Question, own: Mapping[str, Any]) -> tuple[Tool, dict[str, Any]] | None:
    """The tool to call and its arguments; None: the answer is a text.

    `own`: arguments that this agent's tools need, by name.
    """
    offered, done = question.tools, len(question.results)
    names: tuple[str, ...] = ()
    if TOOL in question.prompt and not done:
        names = SHELLS
    elif SUBAGENT in question.prompt and not done:
        names = AGENTS
    elif SUBAGENT in question.prompt and done == 1:
        names = WAITS
    tool = next((offered[name] for name in (*names, *ENDS) if name in offered), None)
    if tool is None:
        return None
    if tool.name in ENDS:
        return tool, _value(None, {**tool.schema, "type": "object"})
    identifiers = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", " ".join(question.results))
    waited = dict.fromkeys(("targets", "ids", "agent_ids"), identifiers)
    return tool, filled(tool.schema, {**ARGUMENTS, **waited, **own})


def filled(schema: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values for a JSON schema's properties: the known ones, and those that it requires."""
    required = schema.get("required", ())
    return {
        name: _value(values.get(name), kind)
        for name, kind in schema.get("properties", {}).items()
        if name in values or name in required
    }


def _value(known: Any, schema: Mapping[str, Any]) -> Any:
    kind = str(schema.get("type", "string")).lower()
    choices = schema.get("enum")
    if choices:
        return known if known in choices else choices[0]
    if kind == "array" and isinstance(known, str):
        return ["sh", "-c", known]
    if kind == "array" and known and schema.get("items", {}).get("type") == "object":
        return [filled(schema["items"], ARGUMENTS)]
    if kind == "object" and known is None:
        return filled({**schema, "required": list(schema.get("properties", {}))}, {})
    return EMPTY.get(kind, "done") if known is None else known


def conforming(schema: Mapping[str, Any]) -> str:
    """JSON text that has each property of a schema."""
    return json.dumps(_value(None, {**schema, "type": "object"}))
