"""JSON lines from files that grow: following, splitting, scanning and parsing."""
