"""Logs with the sums of a session so far, and forks that begin with a copy of their parent."""
