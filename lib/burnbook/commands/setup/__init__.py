"""commands/setup."""
