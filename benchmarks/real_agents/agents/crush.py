"""Crush."""

from real_agents.agent import Agent

AGENT = Agent(
    title="Crush",
    package="@charmland/crush",
    skipped="its package downloads the program from GitHub",
)
