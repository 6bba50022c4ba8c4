"""Merges books of several machines: every line of the other books that this one does not have."""
