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

# Letter of the verb, script and its first word.
_VERBS = (("s", "snapshot start"), ("e", "snapshot end"), ("x", "snapshot cross"), ("d", "undo"))


def run(ctx: Context, args: Any) -> Result:
    """One function an agent and verb, for `eval` in a POSIX shell, bash or zsh."""
    agents = {name: agent for name, agent in ctx.config.agents.items() if agent.alias}
    letters = sorted(agent.alias or "" for agent in agents.values())
    for letter in args.only or ():
        if letter not in letters:
            raise UsageError(f"alias {letter!r} is not declared; valid: {', '.join(letters)}")
    lines, hidden, data = [], [], {}
    for name, agent in agents.items():
        if args.only and agent.alias not in args.only:
            continue
        for letter, words in _VERBS:
            alias = f"{agent.alias}{letter}"
            data[alias] = _body(name, agent, words)
            lines.append(Line(f"{alias}() {{ {data[alias]}; }}"))
            if shutil.which(alias):
                hidden.append(alias)
    # A shell expands an alias of the same name while it reads the function, which is an error.
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
