"""Agents' own logs: reads their new lines and books each request once."""
