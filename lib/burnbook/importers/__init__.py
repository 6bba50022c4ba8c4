"""Data of other tools as rows of the book."""
