"""Prints shell functions for the configured agents."""

import os
import shutil
from shlex import quote
from typing import Any

from burnbook.base.errors import UsageError
from burnbook.config.agents import Agent
from burnbook.config.settings import PROJECT
from burnbook.context import Context, Result
from burnbook.view.parts import Line

# The letter of an action, the script and its first argument.
_ACTIONS = (("s", "snapshot start"), ("e", "snapshot end"), ("x", "snapshot cross"), ("d", "undo"))


def run(ctx: Context, args: Any) -> Result:
    """Returns one function for each agent and action, for a POSIX shell or for fish.

    A letter belongs to the first agent that has it; the others get none, and a note.
    """
    agents = _with_letter(ctx)
    letters = sorted(agent.alias or "" for agent in agents.values())
    for letter in args.only or ():
        if letter not in letters:
            raise UsageError(f"alias {letter!r} is not declared; valid: {', '.join(letters)}")
    lines, hidden, data = [], [], {}
    for name, agent in agents.items():
        if args.only and agent.alias not in args.only:
            continue
        for letter, words in _ACTIONS:
            alias = f"{agent.alias}{letter}"
            data[alias], line = _function(alias, name, agent, words, args.shell)
            lines.append(Line(line))
            if shutil.which(alias):
                hidden.append(alias)
    if args.shell != "fish" and data:
        # An existing alias of the same name would be a syntax error in the function.
        lines.insert(0, Line(f"unalias {' '.join(data)} 2>/dev/null || :"))
    if hidden:
        ctx.notes.append(
            f"these names hide commands of your system: {', '.join(hidden)} "
            "(`command od` still runs the command; choose another alias letter in agents.toml)"
        )
    if not data and not args.only:
        ctx.notes.append("no agent has a letter; give one as `alias` in agents.toml")
    return Result(lines, data)


def _with_letter(ctx: Context) -> dict[str, Agent]:
    agents: dict[str, Agent] = {}
    owners: dict[str, str] = {}
    for name, agent in ctx.config.agents.items():
        if not agent.alias:
            continue
        if agent.alias in owners:
            ctx.notes.append(
                f"agents.{name} has no functions: its alias {agent.alias!r} is that of "
                f"agents.{owners[agent.alias]}; choose another letter in agents.toml"
            )
            continue
        owners[agent.alias] = name
        agents[name] = agent
    return agents


def _function(alias: str, name: str, agent: Agent, words: str, shell: str) -> tuple[str, str]:
    """Returns the body of a function, and the line that defines it."""
    script, _, action = words.partition(" ")
    path = os.path.join(PROJECT, "bin", script)
    if shell == "fish":
        # In fish's quotes, a backslash escapes a quote and a backslash.
        quoted = "'" + path.replace("\\", "\\\\").replace("'", "\\'") + "'"
        agent_id = f'test -n "$AGENT_ID"; or set -lx AGENT_ID {name}'
        body = f"{agent_id}; {' '.join(filter(None, (quoted, action)))} {agent.provider} $argv"
        return body, f"function {alias}; {body}; end"
    call = f"{quote(path)} {action}".strip()
    body = f'AGENT_ID="${{AGENT_ID:-{name}}}" {call} {agent.provider} "$@"'
    return body, f"{alias}() {{ {body}; }}"
