"""Lines of requests: which request a line is of, and what it says of it."""
