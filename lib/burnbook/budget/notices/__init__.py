"""Notices: what has reached a level, what of it is new, and the hook that runs for it."""
