"""Drives real agents against a mock of their APIs, and compares what trackers count with it."""
