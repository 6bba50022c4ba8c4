"""Signed proofs: the rows of a window, with the hashes that connect them to the chains."""
