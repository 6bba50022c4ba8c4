"""Commands that write to the book."""
