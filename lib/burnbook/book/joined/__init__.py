"""Journals of several books, read as one journal without a copy."""

MISSING = "so its rows are missing here"
