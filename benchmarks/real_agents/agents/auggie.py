"""Auggie."""

from real_agents.agent import Agent

AGENT = Agent(title="Auggie", package="@augmentcode/auggie", skipped="it needs a login")
