"""The tables of agents' usage: what they are, and how sums get into them."""
