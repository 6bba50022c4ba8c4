"""Imports the data directory of an older tracker. Reads it, and never writes there."""
