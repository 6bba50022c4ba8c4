"""A home folder with the logs of sixteen agents, as they write them, and the true sums."""
