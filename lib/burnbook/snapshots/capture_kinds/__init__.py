"""Kinds of capture: ways to see an agent's pane. One file a kind, found by listing this folder.

A kind has `take(agent, stopped) -> bytes`: it takes no longer than the agent's timeout, ends soon
after `stopped()` is true, leaves nothing running, and raises Missing or IOFault. What it needs to
know is in the agent's table of its name in agents.toml. `_command` is the kind of an argv array.

One that looks into the book has `look(root, agent, stopped)` instead. What it gives is a pane, or
the meters themselves (`metertext`).
"""

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from burnbook.base.files import plugins

if TYPE_CHECKING:
    from burnbook.config.agents import Agent
    from burnbook.snapshots.capture import Job

__all__ = ["job", "kinds"]


def kinds() -> tuple[str, ...]:
    """The kinds that `capture` in agents.toml may name, sorted. Imports none of them."""
    return plugins(__path__[0])


def job(agent: "Agent", root: str) -> "Job":
    """The capture of an agent that has one, ready to be run; `root` is the book's."""
    kind = agent.capture if isinstance(agent.capture, str) else "_command"
    module = import_module(f"{__name__}.{kind}")
    job: Job
    if hasattr(module, "look"):
        job = partial(module.look, root, agent)
    else:
        job = partial(module.take, agent)
    return job
