"""Goose."""

from real_agents.agent import Agent

AGENT = Agent(title="Goose", package="", skipped="it is not on npm")
