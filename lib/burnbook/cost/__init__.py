"""Prices of tokens, and routed requests compared with baseline ones."""
