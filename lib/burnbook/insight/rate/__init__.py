"""What one percentage point of a meter buys, and since when it buys less or more."""
