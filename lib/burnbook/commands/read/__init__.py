"""commands/read."""
