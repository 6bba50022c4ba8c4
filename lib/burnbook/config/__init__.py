"""The declarations of config/ as typed values."""
