"""Journals of several books, read as one journal without a copy."""
