"""Repairs what `check` finds, after a copy."""
