"""Every window of the book, a line each."""
