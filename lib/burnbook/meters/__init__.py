"""Calculations on vendors' meters: deltas across resets, rate limits and efficiency."""
