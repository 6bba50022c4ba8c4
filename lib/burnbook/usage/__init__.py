"""Agents' usage from their own logs: its tables in the store, reports and prices."""
