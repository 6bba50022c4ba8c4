"""Reads the logs of one feed, or of every agent on this machine, and books what is new."""
