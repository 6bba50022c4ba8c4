"""A command that prints the pane: `capture = ["claude", "-p", "/usage"]`."""

from burnbook.config.agents import Agent
from burnbook.snapshots import capture


def capture_pane(agent: Agent, stopped: capture.Stopped) -> bytes:
    """The output of the command."""
    assert not isinstance(agent.capture, str)
    return capture.run_command(agent.capture, agent.timeout_seconds, stopped)
