"""Commands that only read the book."""
