"""Reviews windows: audit, decision, bundle, scoreboard, evidence, checkpoint and handoff."""
