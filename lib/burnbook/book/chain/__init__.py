"""The chain of hashes over each host's rows of a journal."""
