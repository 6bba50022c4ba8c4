"""The data directory of an older tracker as rows of the book."""
