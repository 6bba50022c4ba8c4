"""The tables that cost-compare needs: sums of each window and of each feature."""
