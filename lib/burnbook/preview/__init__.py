"""One window at a glance, laid out in blocks."""
