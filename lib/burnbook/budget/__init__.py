"""Burn rates, forecasts, stop rules and checkpoints of a window against its budget."""
