"""Logs in JSON lines: their files, what is new in them, their lines and the values in these."""
