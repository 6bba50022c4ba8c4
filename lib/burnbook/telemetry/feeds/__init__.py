"""Reads the lines of a feed: what they mean, and the rows that are made of them."""
