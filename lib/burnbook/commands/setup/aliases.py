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
    """Returns one function for each agent and action, for `eval` in a POSIX shell, bash or zsh."""
    agents = {name: agent for name, agent in ctx.config.agents.items() if agent.alias}
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
            data[alias] = _body(name, agent, words)
            lines.append(Line(f"{alias}() {{ {data[alias]}; }}"))
            if shutil.which(alias):
                hidden.append(alias)
    # An existing alias of the same name would be a syntax error in the function.
    lines.insert(0, Line(f"unalias {' '.join(data)} 2>/dev/null || :"))
    if hidden:
        ctx.notes.append(
            f"these names hide commands of your system: {', '.join(hidden)} "
            "(`command od` still runs the command; choose another alias letter in agents.toml)"
        )
    return Result(lines, data)


def _body(name: str, agent: Agent, words: str) -> str:
    script, _, action = words.partition(" ")
    call = f"{quote(os.path.join(PROJECT, 'bin', script))} {action}".strip()
    return f'AGENT_ID="${{AGENT_ID:-{name}}}" {call} {agent.provider} "$@"'
