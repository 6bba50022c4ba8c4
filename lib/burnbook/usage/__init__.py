"""Tokens and cost of requests by day, session, model and other groups."""
