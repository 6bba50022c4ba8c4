"""CSV ledgers and the handoff page that people read beside the book."""
