"""Queries that run on several engines, and the prompt for SQL."""
