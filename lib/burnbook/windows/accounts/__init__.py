"""Accounts: whose meters a snapshot or a reading shows, and what each account used in a window."""
