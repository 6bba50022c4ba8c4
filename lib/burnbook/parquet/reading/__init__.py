"""Reads an export back into the journals of a book."""
