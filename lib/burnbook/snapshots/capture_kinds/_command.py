"""A command that prints the pane: `capture = ["claude", "-p", "/usage"]`."""

from burnbook.config.agents import Agent
from burnbook.snapshots import capture


def take(agent: Agent, stopped: capture.Stopped) -> bytes:
    """What the command printed."""
    assert not isinstance(agent.capture, str)
    return capture.run(agent.capture, agent.timeout_seconds, stopped)
