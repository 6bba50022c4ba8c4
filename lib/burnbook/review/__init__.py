"""Audit, decision, evidence, bundle and scoreboard of windows."""
