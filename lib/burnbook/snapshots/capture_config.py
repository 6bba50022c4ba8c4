"""Finds the declared capture for an agent and a provider, and runs it."""

import os
from datetime import datetime

from burnbook.base import files
from burnbook.base.errors import Missing
from burnbook.config.agents import Agent
from burnbook.context import Context
from burnbook.snapshots import capture, capture_kinds


def declared(ctx: Context, agent: str, provider: str) -> tuple[str, Agent] | None:
    """The agent's own entry in agents.toml if it has this provider, else the first that has.

    None if there is none, or if it has no capture: then snapshots are booked by hand.
    """
    agents = ctx.config.agents
    own = agents.get(agent)
    name = agent if own and own.provider == provider else None
    name = name or next((n for n, a in agents.items() if a.provider == provider), None)
    return (name, agents[name]) if name is not None and agents[name].capture else None


def check(ctx: Context) -> None:
    """Raises BadConfig if another user could have changed the commands in agents.toml."""
    files.check_owned(os.path.join(ctx.config.root, "agents.toml"))


def job(ctx: Context, name: str, agent: Agent) -> capture.Job:
    """The capture of an agent of agents.toml, ready to run."""
    homes = ctx.config.accounts.homes(agent.provider, name)
    return capture_kinds.job(agent, ctx.book.root, homes)


def capture_pane(ctx: Context, provider: str) -> tuple[bytes, datetime] | None:
    """The pane of the current agent and its time; None after a recipe's capture pass."""
    entry = declared(ctx, ctx.agent, provider)
    if entry is None:
        raise Missing(
            f"no capture is declared for {provider} in {ctx.config.root}/agents.toml; add "
            "`capture` there, or give the pane with --file"
        )
    name, agent = entry
    check(ctx)
    captured = capture.two_pass(lambda: {name: job(ctx, name, agent)})
    return (
        (capture.text_of(captured[name]), captured[name].captured_at)
        if captured is not None
        else None
    )
