"""Agents' own logs: which files, which lines, what each request used, once."""
