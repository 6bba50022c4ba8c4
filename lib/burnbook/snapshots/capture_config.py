"""Whose capture shows an agent's meters of a provider, and what it gave."""

import os
from datetime import datetime

from burnbook.base import files
from burnbook.base.errors import Missing
from burnbook.config.agents import Agent
from burnbook.context import Context
from burnbook.snapshots import capture, capture_kinds


def declared(ctx: Context, agent: str, provider: str) -> tuple[str, Agent] | None:
    """The agent's own entry in agents.toml where it is of this provider, else the first that is.

    None where that has no capture, or where there is none: somebody books by hand.
    """
    agents = ctx.config.agents
    mine = agents.get(agent)
    name = agent if mine and mine.provider == provider else None
    name = name or next((n for n, a in agents.items() if a.provider == provider), None)
    return (name, agents[name]) if name is not None and agents[name].capture else None


def check(ctx: Context) -> None:
    """Refuse to run what somebody else could have written into agents.toml. Raises BadConfig."""
    files.check_owned(os.path.join(ctx.config.root, "agents.toml"))


def one(ctx: Context, provider: str) -> tuple[bytes, datetime] | None:
    """The acting agent's pane and its moment; None after a recipe's capture pass."""
    found = declared(ctx, ctx.agent, provider)
    if found is None:
        raise Missing(f"no capture is declared for {provider} in {ctx.config.root}/agents.toml")
    name, agent = found
    check(ctx)
    told = capture.two_pass(lambda: {name: capture_kinds.job(agent, ctx.book.root)})
    return (capture.text_of(told[name]), told[name].captured_at) if told is not None else None
