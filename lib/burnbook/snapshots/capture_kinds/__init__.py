"""Kinds of capture: ways to read an agent's pane. Each file in this folder is a kind.

A kind has `capture_pane(agent, stopped) -> bytes`. It ends within the agent's timeout, and soon
after `stopped()` is true, leaves no process running, and raises Missing or IOFault. Its settings
are in the table with its name in the agent's entry in agents.toml. `_command` runs an argv array.

A kind that reads the agent's own folders has `capture_from_homes(agent, homes, stopped)` instead,
with the folders of the agent's account, if it declares some. One that reads the book has
`capture_from_book(root, agent, homes, stopped)`. All return a pane or encoded meters
(`meter_text`).
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
    """The values that `capture` in agents.toml may have, sorted. Imports none of the kinds."""
    return plugins(__path__[0])


def job(agent: "Agent", root: str, homes: tuple[str, ...] = ()) -> "Job":
    """The capture of an agent, ready to run; `root` is the book's directory."""
    kind = agent.capture if isinstance(agent.capture, str) else "_command"
    module = import_module(f"{__name__}.{kind}")
    job: Job
    if hasattr(module, "capture_from_book"):
        job = partial(module.capture_from_book, root, agent, homes)
    elif hasattr(module, "capture_from_homes"):
        job = partial(module.capture_from_homes, agent, homes)
    else:
        job = partial(module.capture_pane, agent)
    return job
