"""Reads the forms of files that are no JSON lines."""
