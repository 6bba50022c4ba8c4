"""Replaces what identifies a project, an account or a session in a book, and keeps the figures."""
