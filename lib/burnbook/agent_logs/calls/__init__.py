"""The tools that requests call: their names, and nothing of what they are called with."""
