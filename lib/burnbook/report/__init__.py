"""The report: one HTML file with charts, which opens from disk without a network."""
