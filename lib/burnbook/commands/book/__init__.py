"""commands/book."""
