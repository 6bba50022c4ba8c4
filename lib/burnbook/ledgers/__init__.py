"""CSV ledgers and the handoff page: files that people read and edit too."""
