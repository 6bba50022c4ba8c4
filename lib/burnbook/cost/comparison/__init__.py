"""Routed requests against baseline ones: their sums, costs and what is shown."""
