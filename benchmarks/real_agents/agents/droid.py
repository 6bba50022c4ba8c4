"""Droid."""

from real_agents.agent import Agent

AGENT = Agent(title="Droid", package="@factory/cli", skipped="it needs a login")
