"""Repairs what `check` finds. Journals are copied first."""
