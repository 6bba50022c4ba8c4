"""Injected faults: no acknowledged row is lost, and no message is false."""
