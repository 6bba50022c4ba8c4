"""Estimates from the book: what a point buys, when it runs out, what tokens became."""
