"""Amp."""

from real_agents.agent import Agent

AGENT = Agent(
    title="Amp",
    package="@sourcegraph/amp",
    skipped="it needs a login, and keeps its threads on a server",
)
