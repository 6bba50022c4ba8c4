"""Writes an export: what is new of each journal, the sums of requests, and the manifest."""
