"""Verifies the chains of hashes over the rows of a journal."""
