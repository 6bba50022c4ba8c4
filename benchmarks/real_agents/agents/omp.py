"""Oh My Pi."""

from real_agents.agent import Agent

AGENT = Agent(
    title="Oh My Pi",
    package="@oh-my-pi/pi-coding-agent",
    skipped="version 18.3.4 needs a package that npm does not have",
)
